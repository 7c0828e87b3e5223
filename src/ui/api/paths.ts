export { paths } from "../../http/contract.js";
