// Put ahead of better-sqlite3's sources (g++ -include) when it is compiled; see docs/decisions/0010-better-sqlite3-and-node-24.md.
// From 24.19 on Node's ObjectWrap takes a cleanup hook away in its destructor, and Node ends the process when a garbage
// collection does that while no JavaScript is entered. Node's own header is used, without the hooks.
#pragma once
#include <node.h>
#define AddEnvironmentCleanupHook(...) static_cast<void>(0)
#define RemoveEnvironmentCleanupHook(...) static_cast<void>(0)
#include <node_object_wrap.h>
#undef AddEnvironmentCleanupHook
#undef RemoveEnvironmentCleanupHook
