import { containerDoor } from "@/lib/client/container_door.tsx";
import { ColumnView } from "@/components/column/view.tsx";

export default containerDoor(ColumnView);
