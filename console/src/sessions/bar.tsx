/** A count, and a bar as long as it is beside the most. */
import "./bar.css";

export function Bar({ label, count, most }: { label: string; count: number; most: number }) {
  return (
    <div className="bar">
      <progress aria-label={label} value={count} max={Math.max(1, most)} />
      <span>{count.toLocaleString()}</span>
    </div>
  );
}
