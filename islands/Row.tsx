import { containerDoor } from "@/lib/client/container_door.tsx";
import { RowView } from "@/components/row/view.tsx";

export default containerDoor(RowView);
