/** A certificate of Certificate Manager, and its chain. */
import { Loading } from "../frame/frame";
import { Problem } from "../frame/problem";
import { useAnswer } from "../live/use-answer";
import { PemView } from "./pem-view";
import { pemOf } from "./questions";

export function ChainTab({ arn }: { arn: string }) {
  const { value: pem, error } = useAnswer(`pem ${arn}`, () => pemOf(arn));
  if (!pem) return error ? <Problem error={error} /> : <Loading />;
  return <PemView body={pem.body} chain={pem.chain} />;
}
