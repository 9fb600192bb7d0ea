import { door } from "@/lib/client/door.tsx";
import { ImageView } from "@/components/image/view.tsx";

export default door(ImageView);
