import { door } from "@/lib/client/door.tsx";
import { JsonView } from "@/components/json/view.tsx";

export default door(JsonView);
