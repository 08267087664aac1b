/** Whether a file is read as YAML: by its name alone. Any other is read as an httpd.conf. */
export function isYamlName(path: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(path);
}
