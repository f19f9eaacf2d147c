/** A page that lists resources: a table to filter, sort and arrange; the one that is selected shows its tabs below. */
import { useCollection } from "@cloudscape-design/collection-hooks";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import SplitPanel from "@cloudscape-design/components/split-panel";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import type { ReactNode } from "react";
import type { Answer } from "../live/use-answer";
import { goInstead, href } from "../routing/route";
import { CreateButton } from "./create-button";
import { Empty } from "./empty";
import { type Crumb, Frame } from "./frame";
import { usePreferences } from "./preferences";
import { Problem } from "./problem";

const PAGE_SIZES = [10, 20, 50, 100];

export interface ResourceListProps<T> {
  /** `Target groups`, and the noun: `target group`. */
  title: string;
  noun: string;
  /** Segment of the address. */
  place: string;
  /** Where it is below another list. */
  breadcrumbs?: Crumb[];
  /** The way to lists of the same kind, beside the filter. */
  kinds?: ReactNode;
  answer: Answer<T[]>;
  idOf: (item: T) => string;
  nameOf: (item: T) => string;
  columns: TableProps.ColumnDefinition<T>[];
  /** Columns that are shown only when somebody asks for them. The first column is always shown, and sorts. */
  hiddenColumns: string[];
  selectedId: string | undefined;
  actions: { id: string; text: string }[];
  onAction: (action: string, item: T) => void;
  createText: string;
  /** Where there are several kinds: what is created, by the address of its form. The first is the usual one. */
  createChoices?: { id: string; text: string }[];
  /** Whether an action is not for this item. */
  isDisabled?: (action: string, item: T) => boolean;
  empty: ReactNode;
  panel: (item: T) => ReactNode;
  children?: ReactNode;
}

/** Selects an item of a list, or none. */
export function select(place: string, id?: string) {
  goInstead(href([place], id ? { selected: id } : {}));
}

export function ResourceList<T>(props: ResourceListProps<T>) {
  const { title, noun, place, answer, idOf, nameOf, columns } = props;
  const { value: all, error, isLoading, refresh } = answer;
  const [preferences, setPreferences] = usePreferences(place, {
    columns: columns.map(({ id = "" }) => ({ id, visible: !props.hiddenColumns.includes(id) })),
    pageSize: 20,
  });
  const selected = all?.find((item) => idOf(item) === props.selectedId);
  const [first] = columns;
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(all ?? [], {
    filtering: {
      empty: props.empty,
      noMatch: <Empty title="No matches" text={`No ${noun} has this in one of its fields.`} />,
    },
    sorting: first ? { defaultState: { sortingColumn: first } } : {},
    pagination: { pageSize: preferences.pageSize },
  });
  const header = (
    <Header
      variant="awsui-h1-sticky"
      counter={all && `(${all.length})`}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="refresh" ariaLabel="Refresh" onClick={refresh} />
          <ButtonDropdown
            disabled={!selected}
            items={props.actions.map((action) => ({
              ...action,
              disabled: selected !== undefined && (props.isDisabled?.(action.id, selected) ?? false),
            }))}
            onItemClick={({ detail }) => selected && props.onAction(detail.id, selected)}
          >
            Actions
          </ButtonDropdown>
          <CreateButton text={props.createText} to={href([place, "create"])} choices={props.createChoices} />
        </SpaceBetween>
      }
    >
      {title}
    </Header>
  );
  const arrange = (
    <CollectionPreferences
      title="Preferences"
      confirmLabel="Confirm"
      cancelLabel="Cancel"
      preferences={{ contentDisplay: preferences.columns, pageSize: preferences.pageSize }}
      pageSizePreference={{ title: "Page size", options: PAGE_SIZES.map((value) => ({ value, label: String(value) })) }}
      contentDisplayPreference={{
        title: "Columns",
        options: columns.map(({ id = "", header }, index) => ({
          id,
          label: typeof header === "string" ? header : id,
          alwaysVisible: index === 0,
        })),
      }}
      onConfirm={({ detail }) =>
        setPreferences({
          columns: detail.contentDisplay ?? preferences.columns,
          pageSize: detail.pageSize ?? preferences.pageSize,
        })
      }
    />
  );
  return (
    <Frame
      title={title}
      breadcrumbs={props.breadcrumbs ?? []}
      contentType="table"
      content={
        <>
          <Problem error={error} />
          <Table<T>
            {...collectionProps}
            variant="full-page"
            stickyHeader
            items={items}
            loading={isLoading}
            loadingText={`Loading ${title.toLowerCase()}`}
            trackBy={idOf}
            columnDefinitions={columns}
            columnDisplay={preferences.columns}
            selectionType="single"
            selectedItems={selected ? [selected] : []}
            onSelectionChange={({ detail: { selectedItems } }) =>
              select(place, selectedItems[0] && idOf(selectedItems[0]))
            }
            onRowClick={({ detail }) => select(place, idOf(detail.item))}
            ariaLabels={{
              tableLabel: title,
              selectionGroupLabel: `Selected ${noun}`,
              itemSelectionLabel: (_, item) => nameOf(item),
            }}
            header={header}
            filter={
              <SpaceBetween size="xs">
                {props.kinds}
                <TextFilter
                  {...filterProps}
                  filteringPlaceholder={`Filter ${title.toLowerCase()}`}
                  filteringAriaLabel={`Filter ${title.toLowerCase()}`}
                  countText={`${filteredItemsCount ?? 0} matches`}
                />
              </SpaceBetween>
            }
            pagination={<Pagination {...paginationProps} />}
            preferences={arrange}
          />
          {props.children}
        </>
      }
      splitPanel={
        selected && (
          <SplitPanel
            header={`${noun.charAt(0).toUpperCase()}${noun.slice(1)}: ${nameOf(selected)}`}
            hidePreferencesButton
          >
            {props.panel(selected)}
          </SplitPanel>
        )
      }
    />
  );
}
