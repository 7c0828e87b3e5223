import fc from "fast-check";

/** Property tests try the same cases each time, so that a red run is of the change's making. Others are tried with
 *  FC_SEED=2 npx jest …; what they find becomes a row of a table. */
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 1) });
