import tseslint from "typescript-eslint";

// Layout is prettier's business; these rules are about what goes wrong at run time.
export default tseslint.config(
  { ignores: ["build/", "dist/", ".toolchain/", "**/node_modules/", "bench/js/", "**/*.min.js"] },
  {
    files: ["js/src/**/*.ts"],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      // A method may be async because its interface is, or so that what it throws becomes a rejection.
      "@typescript-eslint/require-await": "off",
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  {
    files: ["**/*.mjs", "**/*.js"],
    extends: [tseslint.configs.recommended],
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      eqeqeq: "error",
    },
  },
  // A command line tool talks through the console.
  { files: ["js/src/cli/**/*.ts"], rules: { "no-console": "off" } },
);
