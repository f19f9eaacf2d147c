/** What the API refuses in names and ports. */

export function nameError(name: string): string | null {
  if (name === "") return "Enter a name.";
  if (!/^[A-Za-z0-9-]{1,32}$/.test(name)) return "A name has up to 32 letters, digits and hyphens.";
  if (name.startsWith("-") || name.endsWith("-")) return "A name cannot begin or end with a hyphen.";
  return null;
}

export function portError(port: string): string | null {
  const isFine = /^[0-9]+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
  return isFine ? null : "A whole number from 1 to 65535.";
}
