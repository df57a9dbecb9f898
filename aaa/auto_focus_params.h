// aaa/auto_focus_params.h - what autofocus is told once: where the lens can go and how it moves.
#pragma once

#include "isp/params.h"

namespace argent {

/// Dioptres: 0 = infinity.
struct FocusRange {
  float min = 0, max = 12, rest = 1;  ///< rest: where a lens waits that has nothing to focus on
};

/// How the lens moves: what the search must wait for and what it must not trust.
struct LensMotionParams {
  float lag = 1;                  ///< frames: time constant of the motor after a command took effect
  float backlash = 0.25f;         ///< dioptres: every peak is approached from at least so far below, so that play doesn't count
  int settle_frames = 8;          ///< longest wait for the camera to report the position that was asked
  float depth_of_field = 0.456f;  ///< dioptres, whole: 2 c N / f^2 of a telephone's lens (4.7 mm, f/1.8, circle of confusion 2.8 um)
};

/// Source of the defaults of the ranges: Raspberry Pi's camera tuning guide, chapter 5 (imx708).
struct AutoFocusParams {
  FocusRange normal{0, 12, 1}, macro{3, 15, 4}, full{0, 15, 1};
  LensMotionParams lens;
  float normal_speed = 1, fast_speed = 1.5f;  ///< dioptres a frame while sweeping
  float fine_step = 0.2f;                     ///< dioptres a frame around a peak
  float timeout = 5;                          ///< seconds
  float phase_gain = 0;                       ///< dioptres to add for a pixel of disparity; 0: phase isn't used
  float phase_confidence = 0.3f;              ///< below it phase isn't followed
  float retrigger_ratio = 1.35f;              ///< change of contrast or brightness that makes another scene
  int retrigger_delay = 8;                    ///< frames that must be steady before the search begins again
};

template <class List>
void describe(List& list, FocusRange& p) {
  list.field("min", p.min, {.min = 0, .max = 100, .unit = "dioptres", .doc = "farthest"});
  list.field("max", p.max, {.min = 0, .max = 100, .unit = "dioptres", .doc = "nearest"});
  list.field("rest", p.rest, {.min = 0, .max = 100, .unit = "dioptres", .doc = "where the lens waits"});
}

template <class List>
void describe(List& list, LensMotionParams& p) {
  list.field("lag", p.lag, {.min = 0, .max = 20, .unit = "frames", .doc = "time constant of the lens motor"});
  list.field("backlash", p.backlash, {.min = 0, .max = 10, .unit = "dioptres", .doc = "a peak is approached from at least so far below"});
  list.field("settle_frames", p.settle_frames,
             {.min = 1, .max = 100, .unit = "frames", .doc = "longest wait for a position to be reported"});
  list.field("depth_of_field", p.depth_of_field, {.min = 0.01, .max = 10, .unit = "dioptres", .doc = "whole depth of field"});
}

template <class List>
void describe(List& list, AutoFocusParams& p) {
  list.group("normal", p.normal);
  list.group("macro", p.macro);
  list.group("full", p.full);
  list.group("lens", p.lens);
  list.field("normal_speed", p.normal_speed, {.min = 0.05, .max = 20, .unit = "dioptres/frame", .doc = "of a sweep, AfSpeed Normal"});
  list.field("fast_speed", p.fast_speed, {.min = 0.05, .max = 20, .unit = "dioptres/frame", .doc = "of a sweep, AfSpeed Fast"});
  list.field("fine_step", p.fine_step, {.min = 0.01, .max = 5, .unit = "dioptres/frame", .doc = "of a sweep around a peak"});
  list.field("timeout", p.timeout, {.min = 0.1, .max = 60, .unit = "s", .doc = "a search that takes longer has failed"});
  list.field("phase_gain", p.phase_gain, {.min = -10, .max = 10, .unit = "dioptres/pixel", .doc = "added for disparity, 0 = no phase"});
  list.field("phase_confidence", p.phase_confidence, {.min = 0, .max = 1, .doc = "below it phase isn't followed"});
  list.field("retrigger_ratio", p.retrigger_ratio, {.min = 1.01, .max = 100, .doc = "change that makes another scene"});
  list.field("retrigger_delay", p.retrigger_delay, {.min = 1, .max = 1000, .unit = "frames", .doc = "steady frames before a new search"});
}

}  // namespace argent
