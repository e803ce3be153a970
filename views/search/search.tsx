import { address, episodeHref, eventHref, rigHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { Empty, Section } from "../parts/panel.tsx";
import { Words } from "../parts/words.tsx";
import type { SearchPage, Target, TargetKind } from "./model.ts";

const KINDS: Readonly<Record<TargetKind, string>> = { rig: "Rig", well: "Well", event: "Event", episode: "Episode" };

interface Props {
  readonly frame: Frame;
  readonly page: SearchPage;
}

/** What is found exactly is gone to at once: this page is for what is not. */
export function Search({ frame, page }: Props): Markup {
  const { text, near } = page;
  return (
    <>
      <Heading frame={frame} />
      <Form text={text} />
      {text === undefined ? (
        <Empty>Type the name of a rig or a well, or the id of an event or an episode.</Empty>
      ) : (
        <>
          <p class="search-none">
            Nothing is called <Words text={text} />.
          </p>
          {near.length > 0 && <Near near={near} />}
          <p>
            <a href={address("/events", { q: text })}>Look for these words in what drillers wrote</a>
          </p>
        </>
      )}
    </>
  );
}

export function targetHref({ kind, id }: Target): string {
  const hrefs = {
    rig: rigHref,
    event: eventHref,
    episode: episodeHref,
    well: (well: string) => address("/events", { well }),
  };
  return hrefs[kind](id);
}

function Form({ text }: { readonly text: string | undefined }): Markup {
  return (
    <form method="get" action="/search" class="filters" role="search" aria-label="Search again">
      <label>
        Rig, well, event or episode
        <input name="q" type="search" value={text ?? ""} maxlength="200" autocomplete="off" />
      </label>
      <button>Search</button>
    </form>
  );
}

function Near({ near }: { readonly near: readonly Target[] }): Markup {
  return (
    <Section id="near" title="Perhaps you mean">
      <ul class="near">
        {near.map((target) => (
          <li>
            <span class="near-kind">{KINDS[target.kind]}</span>{" "}
            <a href={targetHref(target)}>
              <Words text={target.id} />
            </a>
          </li>
        ))}
      </ul>
    </Section>
  );
}
