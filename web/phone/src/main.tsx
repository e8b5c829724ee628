import "@enishi/line-ui/line-ui.css";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import "./css/page.css";
import "./css/screen.css";
import "./css/room.css";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
