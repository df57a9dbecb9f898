// isp/opcode_gains.h - private: the gains over the picture that a DNG's opcodes ask for: GainMap and FixVignetteRadial.
#pragma once

#include <vector>

#include "isp/dng_opcodes.h"
#include "isp/sensor_info.h"

namespace argent {

/// Of lists 2 and 3. A vignette of list 3 comes after demosaic, and possibly after a warp: as gains on the mosaic it differs by what the
/// warp moves, a fraction of a node.
class OpcodeGains {
 public:
  /// Throws Error for an opcode that contradicts itself. One that can't be applied as a mesh (a map of a part of the picture) is left out
  /// where it is optional, and an Error where it is not.
  OpcodeGains(const DngOpcodes& opcodes, const SensorInfo& sensor);

  bool neutral() const { return maps_.empty() && vignettes_.empty(); }
  /// Nodes of a grid over the active array, corners included, that is fine enough.
  int columns() const { return columns_; }
  int rows() const { return rows_; }
  /// At (x, y) in 0..1 of the active array.
  float at(int site, double x, double y) const;

 private:
  struct Map {
    const OpcodeGainMap* map;
    int site, plane;  ///< what of the mosaic or the colors it changes; of its planes
  };

  void add(const std::vector<DngOpcode>& list, const SensorInfo& sensor);
  void add(const OpcodeGainMap& map, const SensorInfo& sensor);

  Size active_;
  int columns_ = 1, rows_ = 1;
  std::vector<Map> maps_;
  std::vector<const FixVignetteRadial*> vignettes_;
};

}  // namespace argent
