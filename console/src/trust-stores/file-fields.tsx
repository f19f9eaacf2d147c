/** The fields of a file that the API reads from a bucket. */
import Alert from "@cloudscape-design/components/alert";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type File, fileErrors, parseUri } from "./store";

interface FileFieldsProps {
  file: File;
  isTried: boolean;
  example: string;
  set: (part: Partial<File>) => void;
}

export function FileFields({ file, isTried, example, set }: FileFieldsProps) {
  const errors = fileErrors(file);
  return (
    <SpaceBetween size="l">
      <Alert type="info">
        The file is read once, now, by the server. Without another setting its buckets are the directories in{" "}
        <code>s3</code> in its data directory: put <code>{example}</code> into <code>s3/trust</code> there.
      </Alert>
      <FormField label="S3 bucket" description="Or all of s3://BUCKET/KEY." errorText={isTried && errors.bucket}>
        <Input
          value={file.bucket}
          spellcheck={false}
          placeholder="trust"
          onChange={({ detail }) => set(parseUri(detail.value) ?? { bucket: detail.value.trim() })}
        />
      </FormField>
      <FormField label="S3 key" errorText={isTried && errors.key}>
        <Input
          value={file.key}
          spellcheck={false}
          placeholder={example}
          onChange={({ detail }) => set({ key: detail.value.trim() })}
        />
      </FormField>
      <FormField label="S3 object version - optional" description="Directories have no versions.">
        <Input
          value={file.version}
          spellcheck={false}
          onChange={({ detail }) => set({ version: detail.value.trim() })}
        />
      </FormField>
    </SpaceBetween>
  );
}
