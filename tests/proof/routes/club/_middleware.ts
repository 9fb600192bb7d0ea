import { auth, usersFrom } from "atoll";

const check = (name: string, password: string) =>
  password === "low-tide" ? { name, roles: ["viewer"] } : undefined;

export default auth({ realm: "club", users: usersFrom(check) });
