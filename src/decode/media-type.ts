/** What a Content-Type says, in lower case but for the boundary. */
export interface MediaType {
  /** `application/json`. */
  readonly name: string;
  readonly charset: string | null;
  /** Of a multipart body. */
  readonly boundary: string | null;
}

export function parseMediaType(contentType: string | null): MediaType | null {
  if (contentType === null) return null;
  const semicolon = contentType.indexOf(';');
  if (semicolon === -1) return { name: contentType.trim().toLowerCase(), charset: null, boundary: null };
  const parameters = contentType.slice(semicolon);
  return {
    name: contentType.slice(0, semicolon).trim().toLowerCase(),
    charset: parameterOf(parameters, /;\s*charset\s*=\s*(?:"([^"]{1,40})"|([^;\s]{1,40}))/i)?.toLowerCase() ?? null,
    boundary: parameterOf(parameters, /;\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^;\s]{1,200}))/i),
  };
}

function parameterOf(parameters: string, pattern: RegExp): string | null {
  const match = pattern.exec(parameters);
  return match?.[1] ?? match?.[2] ?? null;
}
