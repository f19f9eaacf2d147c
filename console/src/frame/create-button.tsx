/** The button that leads to the form of a new resource, or of one of several kinds. */
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { go } from "../routing/route";

interface CreateButtonProps {
  text: string;
  to: string;
  /** Where there are several kinds: each by the address of its form. */
  choices: { id: string; text: string }[] | undefined;
}

export function CreateButton({ text, to, choices }: CreateButtonProps) {
  if (!choices)
    return (
      <Button variant="primary" onClick={() => go(to)}>
        {text}
      </Button>
    );
  return (
    <ButtonDropdown
      variant="primary"
      mainAction={{ text, onClick: () => go(to) }}
      items={choices}
      onItemClick={({ detail }) => go(detail.id)}
      ariaLabel="Other kinds"
    />
  );
}
