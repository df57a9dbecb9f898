// aaa/auto_focus_params.h - what autofocus is told once: where the lens can go and how it moves.
#pragma once

#include "isp/params.h"

namespace argent {

/// Dioptres: 0 = infinity.
struct FocusRange {
  float min = 0, max = 12, rest = 1;  ///< rest: where a lens waits that has nothing to focus on
};

/// Source of the defaults of the ranges: Raspberry Pi's camera tuning guide, chapter 5 (imx708).
struct AutoFocusParams {
  FocusRange normal{0, 12, 1}, macro{3, 15, 4}, full{0, 15, 1};
};

template <class List>
void describe(List& list, FocusRange& p) {
  list.field("min", p.min, {.min = 0, .max = 100, .unit = "dioptres", .doc = "farthest"});
  list.field("max", p.max, {.min = 0, .max = 100, .unit = "dioptres", .doc = "nearest"});
  list.field("rest", p.rest, {.min = 0, .max = 100, .unit = "dioptres", .doc = "where the lens waits"});
}

template <class List>
void describe(List& list, AutoFocusParams& p) {
  list.group("normal", p.normal);
  list.group("macro", p.macro);
  list.group("full", p.full);
}

}  // namespace argent
