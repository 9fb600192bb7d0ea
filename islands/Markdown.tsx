import { door } from "@/lib/client/door.tsx";
import { MarkdownView } from "@/components/markdown/view.tsx";

export default door(MarkdownView);
