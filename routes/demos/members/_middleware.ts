import { auth, usersFile } from "atoll";

export default auth({
  users: usersFile(new URL("(_board)/users", import.meta.url)),
  realm: "members",
  message:
    "This demo has two users: vera, with the password low-tide, reads the board; edda, with the password " +
    "high-tide, writes on it.",
});
