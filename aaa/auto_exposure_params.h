// aaa/auto_exposure_params.h - what auto exposure is told once.
#pragma once

#include <array>

#include "isp/params.h"

namespace argent {

/// On the luma histogram: not more than `share` of the pixels above `level` (upper), not more than `share` below it (lower).
struct HistogramConstraint {
  float share = 1;     ///< 1: no constraint
  float level = 1;     ///< luma, 1 = saturation
  float max_pull = 2;  ///< EV it may move the exposure away from the target (soft); 0: as far as it takes (hard)
};

/// One of libcamera's AeConstraintMode. Where both can't be met the upper one is.
struct ConstraintMode {
  HistogramConstraint upper, lower{1, 0, 2};
};

/// How a total exposure is split: stage by stage first the time rises to time_us, then the gain to gain; past the last stage the
/// longest time, then the highest gain. The form is Raspberry Pi's (rpi.agc exposure_modes).
struct ExposureProgram {
  static constexpr int kStages = 4;
  std::array<float, kStages> time_us{};
  std::array<float, kStages> gain{};
};

/// What the filter between what each frame asks for and what is done takes for the light (exposure_filter.h).
struct ExposureFilterParams {
  float step = 6;                 ///< times the noise of a frame: an innovation that is followed at once
  float drift = 2.5f;             ///< times the noise of a frame: a mean of innovations that is followed at once
  float composition = 0.15f;      ///< EV: more than something small that moves makes of a scene
  float composition_seconds = 8;  ///< longest memory of what is less than that and not the light's doing
};

struct AutoExposureParams {
  static constexpr int kCustomGrid = 5;

  /// Metered luma wanted, before EV: the pair of ToneParams::exposure (0.18 / 2^1.25 comes out as middle grey), with the headroom that
  /// cameras leave above it.
  float target = 0.0757f;
  float centre_weight = 2;         ///< weight of the centre against the border
  float spot_size = 0.25f;         ///< of the field's width and height, for spot metering
  float small_highlights = 0.08f;  ///< the brightest share of the field, which counts no more than what is next to it in brightness
  std::array<float, kCustomGrid* kCustomGrid> custom_weights = [] {
    std::array<float, kCustomGrid * kCustomGrid> all{};
    all.fill(1);
    return all;
  }();

  ConstraintMode normal{{0.01f, 1, 2}, {1, 0, 2}};
  ConstraintMode highlight{{0.002f, 0.9f, 0}, {1, 0, 2}};
  ConstraintMode shadows{{0.05f, 1, 1}, {0.5f, 0.07f, 2}};
  ConstraintMode custom{{0.01f, 1, 2}, {1, 0, 2}};

  ExposureProgram normal_program{{33'333, 66'666, 66'666, 66'666}, {4, 16, 16, 16}};
  ExposureProgram short_program{{4'000, 8'000, 16'000, 33'333}, {4, 8, 16, 16}};
  ExposureProgram long_program{{66'666, 120'000, 120'000, 120'000}, {1, 4, 16, 16}};
  ExposureProgram custom_program{{33'333, 66'666, 66'666, 66'666}, {4, 16, 16, 16}};

  float max_analogue_gain = 16;
  float max_exposure_us = 66'666;
  float min_exposure_us = 30;
  float max_step = 4;           ///< EV in one update
  float averaging_frames = 24;  ///< memory of the filter at rest; 1: none
  float smoothing_seconds = 0;  ///< time-lapse: time constant of all changes; 0: none
  ExposureFilterParams filter;
};

template <class List>
void describe(List& list, HistogramConstraint& p) {
  list.field("share", p.share, {.min = 0, .max = 1, .doc = "share of the pixels that may lie beyond the level, 1 = no constraint"});
  list.field("level", p.level, {.min = 0, .max = 1, .doc = "luma, 1 = saturation"});
  list.field("max_pull", p.max_pull, {.min = 0, .max = 20, .unit = "EV", .doc = "farthest from the target, 0 = as far as it takes"});
}

template <class List>
void describe(List& list, ConstraintMode& p) {
  list.group("upper", p.upper);
  list.group("lower", p.lower);
}

template <class List>
void describe(List& list, ExposureProgram& p) {
  list.field("time_us", std::span<float>(p.time_us), {.min = 1, .max = 1e9, .unit = "us", .doc = "exposure time of each stage"});
  list.field("gain", std::span<float>(p.gain), {.min = 1, .max = 1024, .doc = "analogue gain of each stage, after its time"});
}

template <class List>
void describe(List& list, ExposureFilterParams& p) {
  list.field("step", p.step, {.min = 1, .max = 100, .unit = "noise", .doc = "a change that is followed at once, times a frame's noise"});
  list.field("drift", p.drift, {.min = 0.5, .max = 100, .unit = "noise", .doc = "a mean change that is followed at once"});
  list.field("composition", p.composition, {.min = 0.01, .max = 4, .unit = "EV", .doc = "more than something small that moves makes"});
  list.field("composition_seconds", p.composition_seconds,
             {.min = 0.1, .max = 1000, .unit = "s", .doc = "longest memory of what is not the light's doing"});
}

template <class List>
void describe(List& list, AutoExposureParams& p) {
  list.field("target", p.target, {.min = 0.02, .max = 0.5, .doc = "metered luma wanted, 1 = saturation"});
  list.field("centre_weight", p.centre_weight, {.min = 1, .max = 16, .doc = "weight of the centre against the border"});
  list.field("spot_size", p.spot_size, {.min = 0.02, .max = 1, .doc = "width and height of the metered spot"});
  list.field("small_highlights", p.small_highlights,
             {.min = 0, .max = 0.5, .doc = "brightest share of the field, which counts as what is next to it in brightness"});
  list.field("custom_weights", std::span<float>(p.custom_weights), {.min = 0, .max = 1e6, .doc = "custom metering, 5 x 5, row by row"});
  list.group("normal", p.normal);
  list.group("highlight", p.highlight);
  list.group("shadows", p.shadows);
  list.group("custom", p.custom);
  list.group("normal_program", p.normal_program);
  list.group("short_program", p.short_program);
  list.group("long_program", p.long_program);
  list.group("custom_program", p.custom_program);
  list.field("max_analogue_gain", p.max_analogue_gain, {.min = 1, .max = 1024, .doc = "ceiling of the analogue gain"});
  list.field("min_exposure_us", p.min_exposure_us, {.min = 1, .max = 1e9, .unit = "us", .doc = "floor of the exposure time"});
  list.field("max_exposure_us", p.max_exposure_us, {.min = 1, .max = 1e9, .unit = "us", .doc = "ceiling of the exposure time"});
  list.field("max_step", p.max_step, {.min = 0.1, .max = 20, .unit = "EV", .doc = "largest correction in one update"});
  list.field("averaging_frames", p.averaging_frames,
             {.min = 1, .max = 1000, .unit = "frames", .doc = "memory of the filter at rest, 1 = none"});
  list.field("smoothing_seconds", p.smoothing_seconds,
             {.min = 0, .max = 86400, .unit = "s", .doc = "time constant of all changes (time-lapse), 0 = none"});
  list.group("filter", p.filter);
}

}  // namespace argent
