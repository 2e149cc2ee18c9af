import { createCipheriv, pbkdf2 as pbkdf2Callback, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const pbkdf2 = promisify(pbkdf2Callback);

/** Of the three schemes that MinIO reads, the one whose key Node can derive; the others want Argon2. */
const pbkdf2AesGcm = 2;
const rounds = 8192;
/** What is encrypted in one piece, in bytes. */
const largestBody = 16 * 1024;

/**
 * Encrypts the body of a request to MinIO's admin API with the secret key of who asks, as EncryptData of
 * https://github.com/minio/madmin-go/blob/main/encrypt.go does it.
 */
export async function encryptForMinio(secretKey: string, body: string): Promise<Uint8Array> {
  if (Buffer.byteLength(body) > largestBody) throw new Error('the body is too large for one piece');
  const salt = randomBytes(32);
  const nonce = randomBytes(8);
  const key = await pbkdf2(secretKey, salt, rounds, 32, 'sha256');
  const { tag } = seal(key, numbered(nonce, 0), '', Buffer.alloc(0));
  const last = Buffer.concat([Buffer.from([0x80]), tag]);
  const sealed = seal(key, numbered(nonce, 1), body, last);
  return Buffer.concat([salt, Buffer.from([pbkdf2AesGcm]), nonce, sealed.text, sealed.tag]);
}

/** Each piece has the nonce with its own number; the first, of number 0, is empty and vouches for the others. */
function numbered(nonce: Buffer, piece: number): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt32LE(piece);
  return Buffer.concat([nonce, number]);
}

function seal(key: Buffer, nonce: Buffer, text: string, associated: Buffer) {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated);
  return { text: Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]), tag: cipher.getAuthTag() };
}
