export { default } from "@/routes/_layout.tsx";
