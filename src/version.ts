/** Version of the package and of its engine; a test holds it to package.json. */
export const version = '0.1.0';
