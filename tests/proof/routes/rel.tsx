import { rel } from "./(_rel)/rel.tsx";

export default rel();
