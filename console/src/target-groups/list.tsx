/** All target groups; the one that is selected shows its tabs below. */
import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import { useCollection } from "@cloudscape-design/collection-hooks";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import SplitPanel from "@cloudscape-design/components/split-panel";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";
import { Empty } from "../frame/empty";
import { Frame } from "../frame/frame";
import { Problem } from "../frame/problem";
import { usePreferences } from "../frame/preferences";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go, goInstead, href } from "../routing/route";
import { COLUMNS, COLUMN_CHOICES, DEFAULT_COLUMNS } from "./columns";
import { DeleteTargetGroup } from "./delete";
import { editHref } from "./group";
import { GroupTabs } from "./group-tabs";
import { allTargetGroups } from "./questions";

const PAGE_SIZES = [10, 20, 50, 100].map((value) => ({ value, label: `${value} target groups` }));
const EXAMPLE = { Name: "carts", Protocol: "HTTP", Port: 80, TargetType: "ip", VpcId: "vpc-1" };

export default function TargetGroups({ query }: PageProps) {
  const { value: groups, error, isLoading, refresh } = useAnswer("target-groups", allTargetGroups);
  const [preferences, setPreferences] = usePreferences("target-groups", { columns: DEFAULT_COLUMNS, pageSize: 20 });
  const [isDeleting, setDeleting] = useState(false);
  const selected = groups?.find(({ TargetGroupArn }) => TargetGroupArn === query["selected"]);
  const arn = selected?.TargetGroupArn ?? "";
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(groups ?? [], {
    filtering: {
      empty: (
        <Empty
          title="No target groups"
          text="A target group is where a load balancer sends requests to. Create one here, or by aws-cli:"
          operation={{ service: "elbv2", name: "create-target-group", input: EXAMPLE }}
        >
          <Button href="#/target-groups/create">Create target group</Button>
        </Empty>
      ),
      noMatch: <Empty title="No matches" text="No target group has this in one of its columns." />,
    },
    sorting: { defaultState: { sortingColumn: { sortingField: "TargetGroupName" } } },
    pagination: { pageSize: preferences.pageSize },
  });
  const select = (group: TargetGroup | undefined) =>
    goInstead(href(["target-groups"], group?.TargetGroupArn ? { selected: group.TargetGroupArn } : {}));

  const table = (
    <Table<TargetGroup>
      {...collectionProps}
      variant="full-page"
      stickyHeader
      items={items}
      loading={isLoading}
      loadingText="Loading target groups"
      trackBy="TargetGroupArn"
      columnDefinitions={COLUMNS}
      columnDisplay={preferences.columns}
      selectionType="single"
      selectedItems={selected ? [selected] : []}
      onSelectionChange={({ detail }) => select(detail.selectedItems[0])}
      onRowClick={({ detail }) => select(detail.item)}
      ariaLabels={{
        tableLabel: "Target groups",
        selectionGroupLabel: "Selected target group",
        itemSelectionLabel: (_, group) => group.TargetGroupName ?? "",
      }}
      header={
        <Header
          variant="awsui-h1-sticky"
          counter={groups && `(${groups.length})`}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button iconName="refresh" ariaLabel="Refresh" onClick={refresh} />
              <ButtonDropdown
                disabled={!selected}
                items={[
                  { id: "edit-health-check", text: "Edit health check settings" },
                  { id: "edit-attributes", text: "Edit target group attributes" },
                  { id: "delete", text: "Delete" },
                ]}
                onItemClick={({ detail: { id } }) => {
                  if (id === "delete") setDeleting(true);
                  else go(editHref(arn, id === "edit-attributes" ? id : "edit-health-check"));
                }}
              >
                Actions
              </ButtonDropdown>
              <Button variant="primary" onClick={() => go("#/target-groups/create")}>
                Create target group
              </Button>
            </SpaceBetween>
          }
        >
          Target groups
        </Header>
      }
      filter={
        <TextFilter
          {...filterProps}
          filteringPlaceholder="Filter target groups"
          filteringAriaLabel="Filter target groups"
          countText={`${filteredItemsCount ?? 0} matches`}
        />
      }
      pagination={<Pagination {...paginationProps} />}
      preferences={
        <CollectionPreferences
          title="Preferences"
          confirmLabel="Confirm"
          cancelLabel="Cancel"
          preferences={{ contentDisplay: preferences.columns, pageSize: preferences.pageSize }}
          pageSizePreference={{ title: "Page size", options: PAGE_SIZES }}
          contentDisplayPreference={{ title: "Columns", options: COLUMN_CHOICES }}
          onConfirm={({ detail }) =>
            setPreferences({
              columns: detail.contentDisplay ?? preferences.columns,
              pageSize: detail.pageSize ?? preferences.pageSize,
            })
          }
        />
      }
    />
  );
  return (
    <Frame
      title="Target groups"
      breadcrumbs={[]}
      contentType="table"
      content={
        <>
          <Problem error={error} />
          {table}
          {isDeleting && selected && (
            <DeleteTargetGroup group={selected} close={() => setDeleting(false)} deleted={() => select(undefined)} />
          )}
        </>
      }
      splitPanel={
        selected && (
          <SplitPanel header={`Target group: ${selected.TargetGroupName ?? ""}`} hidePreferencesButton>
            <GroupTabs key={arn} group={selected} withDetails />
          </SplitPanel>
        )
      }
    />
  );
}
