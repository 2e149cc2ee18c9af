import type { ImageFile } from './image-file.ts';

/** The folder of an image that holds what is not the package's own. */
export const ownFolder = '/opt/dk';

/** How an image of a package is made. */
export interface ImageRecipe {
  readonly base: string;
  /** The package's folder inside the image. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** What starts the package; undefined where its Transform has a command of its own. */
  readonly command: readonly string[] | undefined;
  readonly source: readonly ImageFile[];
  /** They change seldom, so they are a layer of their own. */
  readonly dependencies: readonly ImageFile[];
  /** Installs what only the image needs; called when it is built. The source tells what that will be. */
  install?(): Promise<readonly ImageFile[]>;
}
