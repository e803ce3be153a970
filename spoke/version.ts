import packageFile from "../package.json" with { type: "json" };

export const SPOKE_VERSION: string = packageFile.version;
