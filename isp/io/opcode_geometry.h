// isp/io/opcode_geometry.h - private: a DNG's corrections, from the file's coordinates to a frame's. Source: DNG 1.7.1.0, chapter 7.
#pragma once

#include "isp/dng_opcodes.h"

namespace argent {

/// Where coordinates lie, in the whole raw picture: list 1 counts from its corner, lists 2 and 3 from the active area's.
struct OpcodeGeometry {
  Size whole;
  Rect active_area;  ///< as the file says
  Rect frame;        ///< RawFrame's active array
};

/// The same corrections in coordinates of the frame. What lies outside of it is left out.
DngOpcodes in_frame(DngOpcodes opcodes, const OpcodeGeometry& geometry);

}  // namespace argent
