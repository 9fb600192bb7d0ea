export { default, handler } from "@/routes/_404.tsx";
