import { auth, usersFile } from "atoll";

export default auth({
  users: usersFile(new URL("(_board)/users", import.meta.url)),
  realm: "members",
  message: "This demo has two users. viewer, with the password low-tide, reads the board. editor, with the " +
    "password high-tide, writes on it.",
});
