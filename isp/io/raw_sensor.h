// isp/io/raw_sensor.h - private: what LibRaw found out about a file's sensor, in our terms. Errors come without the path.
#pragma once

#include "isp/io/black_level.h"
#include "isp/sensor_info.h"

class LibRaw;

namespace argent {

/// Where a DNG's rectangles start: LibRaw moves an odd origin of the active area by a pixel, to keep the mosaic's phase.
struct DngOrigin {
  int x = 0, y = 0;  ///< of ActiveArea, in the whole raw picture
};

/// Throws Error for mosaics that are not supported yet, and names them. The headers must have been read.
CfaPattern cfa_of(LibRaw& decoder);

/// Phase (0, 0) of the pattern is the visible area's.
BlackLevels black_levels_of(LibRaw& decoder, CfaPattern cfa, DngOrigin origin);

/// All but the black levels. The picture must have been decoded: LibRaw measures some of it there.
SensorInfo sensor_of(LibRaw& decoder, CfaPattern cfa);

}  // namespace argent
