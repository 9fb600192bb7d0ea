export { Accordion, type AccordionProps } from "./accordion.tsx";
export { type BoxProps, Column, type ColumnProps, Group, Row, type RowProps } from "./boxes.tsx";
export { Sidebar, type SidebarProps } from "./sidebar.tsx";
export { Tab, type TabProps, Tabs, type TabsProps } from "./tabs.tsx";
