import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", "coverage/", "node_modules/", "test/fixtures/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-console": "error",
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "no-console": "off",
    },
  },
  {
    // The core is pure: time comes in as a value, decisions go out as values.
    files: ["src/domain/**/*.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        "process",
        "setTimeout",
        "setInterval",
        "setImmediate",
        "fetch",
        "performance",
      ],
      "no-restricted-syntax": [
        "error",
        { selector: ":function[async=true]", message: "The domain has no async." },
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: "The domain has no clock.",
        },
        {
          selector: "MemberExpression[object.name='Date'][property.name='now']",
          message: "The domain has no clock.",
        },
        {
          selector: "MemberExpression[object.name='Math'][property.name='random']",
          message: "The domain draws no lots.",
        },
      ],
    },
  },
  { files: ["src/ui/**/*.ts", "src/ui/**/*.tsx"], ...reactHooks.configs.flat.recommended },
  {
    // Handlers of clicks may be async: the client shows what they throw.
    files: ["src/ui/**/*.tsx"],
    rules: {
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  { files: ["src/cli/**/*.ts", "src/ringfence.ts"], rules: { "no-console": "off" } },
  {
    files: ["**/*.mjs", "**/*.js"],
    ignores: ["src/ui/public/**"],
    languageOptions: {
      globals: {
        console: "readonly",
        process: "readonly",
        module: "writable",
        require: "readonly",
        setTimeout: "readonly",
        setImmediate: "readonly",
        Buffer: "readonly",
        __dirname: "readonly",
        URL: "readonly",
      },
    },
  },
  {
    files: ["src/ui/public/**/*.js"],
    languageOptions: { globals: { document: "readonly", localStorage: "readonly", matchMedia: "readonly" } },
  },
);
