export { default } from "@/routes/_error.tsx";
