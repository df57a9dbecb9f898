// isp/color_tables.h - private: tables of a DNG profile and of a .cube file, as the last pass takes them.
#pragma once

#include <HalideBuffer.h>

#include "isp/dng_profile.h"
#include "isp/lut3d.h"

namespace argent {

struct MapInputs {
  Halide::Runtime::Buffer<float> table;  ///< stages/hue_sat_map.h has the shape; something small when there is no table
  int kind = 0;                          ///< of stages/hue_sat_map.h: 0 none, 1 linear, 2 sRGB
};
/// A table of one value knows no encoding of it: its scale is that of linear light.
MapInputs inputs_of(const HueSatTable& table, TableEncoding encoding);

struct LutInputs {
  Halide::Runtime::Buffer<float> table, domain;  ///< stages/lut3d.h has the shapes; `table` looks into the Lut3d
  int given = 0;                                 ///< 0: none
};
/// nullptr: none.
LutInputs inputs_of(const Lut3d* lut);

}  // namespace argent
