// isp/dng_opcodes.h - corrections that a DNG asks of its reader, as the file says them.
//
// Source: DNG 1.7.1.0, chapter 7 "Opcode List Processing". Coordinates are pixels of RawFrame's active array in all three lists, whatever
// the file counted from (list 1 there counts from the corner of the whole raw picture).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "isp/geometry.h"

namespace argent {

/// The pixels that an opcode changes: rows top, top + row_pitch, .. < bottom; columns alike; planes plane .. plane + planes - 1.
struct OpcodeArea {
  int top = 0, left = 0, bottom = 0, right = 0;  ///< bottom and right are the first outside
  int plane = 0, planes = 1;                     ///< a mosaic has plane 0 only
  int row_pitch = 1, column_pitch = 1;           ///< >= 1
  bool operator==(const OpcodeArea&) const = default;
};

/// Pixels of that code are defects. Bayer mosaics only; opcode 4.
struct FixBadPixelsConstant {
  std::uint32_t code = 0;
  int bayer_phase = 0;  ///< pixel (0, 0) is 0 red, 1 green on a red row, 2 green on a blue row, 3 blue
  bool operator==(const FixBadPixelsConstant&) const = default;
};

/// Defects by place. Bayer mosaics only; opcode 5.
struct FixBadPixelsList {
  struct Point {
    int x = 0, y = 0;
    bool operator==(const Point&) const = default;
  };
  int bayer_phase = 0;  ///< as above
  std::vector<Point> points;
  std::vector<Rect> rectangles;
  bool operator==(const FixBadPixelsList&) const = default;
};

/// Radial and tangential distortion with lateral chromatic aberration, opcode 1: where the corrected picture's pixel is found in the stored
/// one (isp/picture_geometry.h). With d = (pixel - center) / m, m the longest distance from center to a corner, r = |d|,
/// f = kr0 + kr1 r^2 + kr2 r^4 + kr3 r^6:
/// x' = center.x + m (f dx + kt0 2 dx dy + kt1 (r^2 + 2 dx^2)), y' = center.y + m (f dy + kt1 2 dx dy + kt0 (r^2 + 2 dy^2)).
struct WarpRectilinear {
  struct Plane {
    std::array<double, 4> radial{1, 0, 0, 0};  ///< kr0 .. kr3
    std::array<double, 2> tangential{};        ///< kt0, kt1
    bool operator==(const Plane&) const = default;
  };
  std::vector<Plane> planes;              ///< one for all, or R, G, B
  double center_x = 0.5, center_y = 0.5;  ///< fraction of the active array's width and height
  bool operator==(const WarpRectilinear&) const = default;
};

/// Gain 1 + k0 r^2 + k1 r^4 + .. + k4 r^10, r as above; opcode 3.
struct FixVignetteRadial {
  std::array<double, 5> k{};
  double center_x = 0.5, center_y = 0.5;
  bool operator==(const FixVignetteRadial&) const = default;
};

/// Gains over the picture; opcode 9. The center of pixel (x, y) lies at u = (x + 0.5) / width, v = (y + 0.5) / height of the active array,
/// between nodes (u - origin_x) / spacing_x and (v - origin_y) / spacing_y: bilinear, constant outside. Plane p of `area` takes map plane
/// min(p - area.plane, map_planes - 1). A mosaic's four colors come as four maps with pitch 2.
struct OpcodeGainMap {
  OpcodeArea area;
  int rows = 1, columns = 1, map_planes = 1;
  double spacing_y = 1, spacing_x = 1;  ///< > 0 where there is more than one node
  double origin_y = 0, origin_x = 0;
  std::vector<float> gains;  ///< rows x columns x map_planes
  bool operator==(const OpcodeGainMap&) const = default;
};

/// One that is not known here, kept as it is.
struct UnknownOpcode {
  std::vector<std::uint8_t> parameters;
  bool operator==(const UnknownOpcode&) const = default;
};

using OpcodeParameters =
    std::variant<UnknownOpcode, WarpRectilinear, FixVignetteRadial, FixBadPixelsConstant, FixBadPixelsList, OpcodeGainMap>;

struct DngOpcode {
  std::uint32_t id = 0;                    ///< the file's; for a known one that of its parameters
  std::uint32_t dng_version = 0x01030000;  ///< 1.3.0.0: that of the specification which has it
  std::uint32_t flags = 0;                 ///< bit 0: optional, a reader that does not know it goes on; bit 1: may be left out of previews
  OpcodeParameters parameters;
  bool operator==(const DngOpcode&) const = default;
};

constexpr bool is_optional(const DngOpcode& opcode) { return (opcode.flags & 1U) != 0; }

/// Each list is applied in its order.
struct DngOpcodes {
  std::vector<DngOpcode> raw;         ///< OpcodeList1: to the codes as they are stored
  std::vector<DngOpcode> linear;      ///< OpcodeList2: to 0 (black) .. 1 (white), before demosaic
  std::vector<DngOpcode> demosaiced;  ///< OpcodeList3: to the demosaiced picture, camera colors
  bool empty() const { return raw.empty() && linear.empty() && demosaiced.empty(); }
  bool operator==(const DngOpcodes&) const = default;
};

/// "GainMap"; "opcode 42" for one that has no name here.
std::string opcode_name(std::uint32_t id);

}  // namespace argent
