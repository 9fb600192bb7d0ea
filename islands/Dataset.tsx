import { door } from "@/lib/client/door.tsx";
import { DatasetView } from "@/components/dataset/view.tsx";

export default door(DatasetView);
