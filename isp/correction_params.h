// isp/correction_params.h - how the mosaic is put right before anything is made of it: defects, dark frame, line noise, unequal greens.
#pragma once

#include <memory>
#include <vector>

#include "isp/geometry.h"
#include "isp/sensor_info.h"

namespace argent {

/// Pixels that stand out alone, found in every frame while it is rendered. Source: halide_gen/stages/defects.h.
struct DefectParams {
  float strength = 1;  ///< 0: none is looked for; 1: as measured; 2: those half as strong, too, and more of what is none
};

/// The two greens of a Bayer quad, brought together where the picture is flat. Source: halide_gen/stages/green_balance.h.
struct GreenBalanceParams {
  float strength = 0;       ///< of the difference: 0 none is taken away, 1 all
  float threshold = 0.12f;  ///< contrast, as a fraction of the level, above which it fades: twice that, nothing is done
};

/// Offsets that whole rows or columns share. Source: isp/line_noise.h.
struct LineNoiseParams {
  float rows = 0, columns = 0;  ///< of the offset that was found: 0 nothing is taken away, 1 all
};

/// The middle of a pixel, in 0..1 of the active array's width and height.
struct PixelPlace {
  float x = 0, y = 0;
  bool operator==(const PixelPlace&) const = default;
};

/// A picture of no light, at the exposure and temperature of the frames it is for. make_dark_frame() in isp/dark_frame.h.
struct DarkFrame {
  Size size;
  CfaPattern cfa = CfaPattern::kRggb;
  std::vector<float> excess;    ///< size.width x size.height: codes above the black level, hot pixels at 0
  std::vector<PixelPlace> hot;  ///< too bright to be subtracted: defects
};

template <class List>
void describe(List& list, DefectParams& p) {
  list.field("strength", p.strength,
             {.min = 0, .max = 2, .doc = "correction of pixels that stand out alone; 0: none, above 1: of weaker ones"});
}

template <class List>
void describe(List& list, GreenBalanceParams& p) {
  list.field("strength", p.strength, {.min = 0, .max = 1, .doc = "how much of the difference of the two greens is taken away"});
  list.field("threshold", p.threshold, {.min = 0.01, .max = 1, .doc = "contrast, as a fraction of the level, above which that fades"});
}

template <class List>
void describe(List& list, LineNoiseParams& p) {
  list.field("rows", p.rows, {.min = 0, .max = 1, .doc = "how much of the rows' own offsets is taken away"});
  list.field("columns", p.columns, {.min = 0, .max = 1, .doc = "the same of columns"});
}

}  // namespace argent
