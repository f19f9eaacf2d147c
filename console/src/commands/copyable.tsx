/** A command that can be copied. */
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import "./copyable.css";

export function Copyable({ text, label }: { text: string; label: string }) {
  return (
    <div className="copyable">
      <pre tabIndex={0} aria-label={label.replace(/^Copy /, "")} role="region">
        {text}
      </pre>
      <CopyToClipboard
        variant="icon"
        copyButtonAriaLabel={label}
        textToCopy={text}
        copySuccessText="Copied"
        copyErrorText="The browser does not allow to copy: select the text instead."
      />
    </div>
  );
}
