declare const DK_BUILD_VERSION: string | undefined;

/** The version of this dk; the build puts it in. */
export const version = typeof DK_BUILD_VERSION === 'string' ? DK_BUILD_VERSION : '0.0.0-source';
