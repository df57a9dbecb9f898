#include "isp/io/opcode_lists.h"

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "models/runtime/error.h"

namespace argent {
namespace {

enum OpcodeId : std::uint32_t {
  kWarpRectilinear = 1,
  kFixVignetteRadial = 3,
  kFixBadPixelsConstant = 4,
  kFixBadPixelsList = 5,
  kGainMap = 9,
};

/// Reads numbers and does not pass the end.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::size_t left() const { return bytes_.size() - at_; }

  std::span<const std::uint8_t> take(std::size_t size) {
    if (size > left()) throw Error("ends within an opcode");
    at_ += size;
    return bytes_.subspan(at_ - size, size);
  }

  std::uint32_t word() { return static_cast<std::uint32_t>(big_endian(4)); }

  /// A number that is an int.
  int integer() {
    const std::uint32_t value = word();
    if (value > static_cast<std::uint32_t>(std::numeric_limits<int>::max())) throw Error("has the coordinate " + std::to_string(value));
    return static_cast<int>(value);
  }

  double real() {
    const auto value = std::bit_cast<double>(big_endian(8));
    if (!std::isfinite(value)) throw Error("has a number that is not finite");
    return value;
  }

  float single() {
    const auto value = std::bit_cast<float>(word());
    if (!std::isfinite(value)) throw Error("has a number that is not finite");
    return value;
  }

  /// How many of so many bytes each follow.
  std::size_t count(std::size_t bytes_each) {
    const std::size_t value = word();
    if (value > left() / bytes_each) throw Error("names " + std::to_string(value) + " parts where there is no room for them");
    return value;
  }

 private:
  std::uint64_t big_endian(std::size_t size) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : take(size)) value = value << 8 | byte;
    return value;
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

/// A fraction of the picture: what is nowhere near it would be infinite once it is scaled.
double place_of(Reader& reader) {
  constexpr double kFar = 1000;
  const double place = reader.real();
  if (std::abs(place) > kFar) throw Error("lies nowhere near the picture");
  return place;
}

int phase_of(Reader& reader) {
  const std::uint32_t phase = reader.word();
  if (phase > 3) throw Error("has the bayer phase " + std::to_string(phase) + ", expected 0 to 3");
  return static_cast<int>(phase);
}

FixBadPixelsConstant bad_pixels_constant(Reader& reader) {
  FixBadPixelsConstant out;
  out.code = reader.word();
  out.bayer_phase = phase_of(reader);
  return out;
}

FixBadPixelsList bad_pixels_list(Reader& reader) {
  constexpr std::size_t kPoint = 8, kRectangle = 16;
  FixBadPixelsList out;
  out.bayer_phase = phase_of(reader);
  const std::size_t points = reader.count(kPoint), rectangles = reader.count(kRectangle);
  if (points * kPoint + rectangles * kRectangle > reader.left()) throw Error("names more bad pixels than there is room for");
  for (std::size_t i = 0; i < points; i++) {
    const int y = reader.integer(), x = reader.integer();
    out.points.push_back({x, y});
  }
  for (std::size_t i = 0; i < rectangles; i++) {
    const int top = reader.integer(), left = reader.integer(), bottom = reader.integer(), right = reader.integer();
    if (bottom < top || right < left) throw Error("has a bad rectangle that ends before it starts");
    out.rectangles.push_back({left, top, right - left, bottom - top});
  }
  return out;
}

WarpRectilinear warp_rectilinear(Reader& reader) {
  constexpr std::size_t kPlane = 6 * sizeof(double), kMostPlanes = 4;
  WarpRectilinear out;
  out.planes.resize(reader.count(kPlane));
  if (out.planes.empty() || out.planes.size() > kMostPlanes)
    throw Error("has " + std::to_string(out.planes.size()) + " planes of distortion");
  for (WarpRectilinear::Plane& plane : out.planes) {
    for (double& value : plane.radial) value = reader.real();
    for (double& value : plane.tangential) value = reader.real();
  }
  out.center_x = place_of(reader);
  out.center_y = place_of(reader);
  return out;
}

FixVignetteRadial vignette_radial(Reader& reader) {
  FixVignetteRadial out;
  for (double& value : out.k) value = reader.real();
  out.center_x = place_of(reader);
  out.center_y = place_of(reader);
  return out;
}

OpcodeArea area_of(Reader& reader) {
  OpcodeArea out;
  for (int* value : {&out.top, &out.left, &out.bottom, &out.right, &out.plane, &out.planes, &out.row_pitch, &out.column_pitch}) {
    *value = reader.integer();
  }
  if (out.bottom < out.top || out.right < out.left) throw Error("has an area that ends before it starts");
  if (out.row_pitch < 1 || out.column_pitch < 1 || out.planes < 1) throw Error("has an area without rows, columns or planes");
  return out;
}

OpcodeGainMap gain_map(Reader& reader) {
  OpcodeGainMap out;
  out.area = area_of(reader);
  out.rows = reader.integer();
  out.columns = reader.integer();
  for (double* value : {&out.spacing_y, &out.spacing_x, &out.origin_y, &out.origin_x}) *value = place_of(reader);
  out.map_planes = reader.integer();
  if (out.rows < 1 || out.columns < 1 || out.map_planes < 1) throw Error("has a gain map without nodes");
  const std::size_t most = reader.left() / sizeof(float);
  std::size_t nodes = 1;
  for (const int side : {out.rows, out.columns, out.map_planes}) {
    if (static_cast<std::size_t>(side) > most / nodes) throw Error("has a gain map with more nodes than there is room for");
    nodes *= static_cast<std::size_t>(side);
  }
  if ((out.rows > 1 && out.spacing_y <= 0) || (out.columns > 1 && out.spacing_x <= 0))
    throw Error("has a gain map whose nodes do not advance");
  out.gains.resize(nodes);
  for (float& gain : out.gains) gain = reader.single();
  return out;
}

OpcodeParameters parameters_of(std::uint32_t id, std::span<const std::uint8_t> bytes) {
  Reader reader(bytes);
  OpcodeParameters out;
  switch (id) {
    case kWarpRectilinear:
      out = warp_rectilinear(reader);
      break;
    case kFixVignetteRadial:
      out = vignette_radial(reader);
      break;
    case kFixBadPixelsConstant:
      out = bad_pixels_constant(reader);
      break;
    case kFixBadPixelsList:
      out = bad_pixels_list(reader);
      break;
    case kGainMap:
      out = gain_map(reader);
      break;
    default:
      return UnknownOpcode{{bytes.begin(), bytes.end()}};
  }
  if (reader.left() != 0) throw Error("has " + std::to_string(reader.left()) + " bytes too many");
  return out;
}

class Writer {
 public:
  template <class... Integers>
  void words(Integers... values) {
    (big_endian(static_cast<std::uint32_t>(values), 4), ...);
  }
  template <class Reals>
  void reals(const Reals& values) {
    for (const double value : values) big_endian(std::bit_cast<std::uint64_t>(value), 8);
  }
  void singles(std::span<const float> values) {
    for (const float value : values) big_endian(std::bit_cast<std::uint32_t>(value), 4);
  }
  void bytes(std::span<const std::uint8_t> values) { bytes_.insert(bytes_.end(), values.begin(), values.end()); }

  std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  void big_endian(std::uint64_t value, int size) {
    for (int i = size - 1; i >= 0; i--) bytes_.push_back(static_cast<std::uint8_t>(value >> 8 * i));
  }
  std::vector<std::uint8_t> bytes_;
};

void write(Writer& out, const UnknownOpcode& p) { out.bytes(p.parameters); }

void write(Writer& out, const FixBadPixelsConstant& p) { out.words(p.code, p.bayer_phase); }

void write(Writer& out, const FixBadPixelsList& p) {
  out.words(p.bayer_phase, p.points.size(), p.rectangles.size());
  for (const auto& point : p.points) out.words(point.y, point.x);
  for (const Rect& r : p.rectangles) out.words(r.y, r.x, r.y + r.height, r.x + r.width);
}

void write(Writer& out, const WarpRectilinear& p) {
  out.words(p.planes.size());
  for (const auto& plane : p.planes) {
    out.reals(plane.radial);
    out.reals(plane.tangential);
  }
  out.reals(std::array{p.center_x, p.center_y});
}

void write(Writer& out, const FixVignetteRadial& p) {
  out.reals(p.k);
  out.reals(std::array{p.center_x, p.center_y});
}

void write(Writer& out, const OpcodeGainMap& p) {
  const OpcodeArea& a = p.area;
  out.words(a.top, a.left, a.bottom, a.right, a.plane, a.planes, a.row_pitch, a.column_pitch, p.rows, p.columns);
  out.reals(std::array{p.spacing_y, p.spacing_x, p.origin_y, p.origin_x});
  out.words(p.map_planes);
  out.singles(p.gains);
}

std::uint32_t id_of(const DngOpcode& opcode) {
  constexpr std::array<std::uint32_t, std::variant_size_v<OpcodeParameters>> kIds{
      0, kWarpRectilinear, kFixVignetteRadial, kFixBadPixelsConstant, kFixBadPixelsList, kGainMap};
  return opcode.parameters.index() == 0 ? opcode.id : kIds[opcode.parameters.index()];
}

}  // namespace

std::vector<DngOpcode> parse_opcode_list(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kHeader = 16;
  Reader reader(bytes);
  std::vector<DngOpcode> out(reader.count(kHeader));
  for (DngOpcode& opcode : out) {
    opcode.id = reader.word();
    opcode.dng_version = reader.word();
    opcode.flags = reader.word();
    const std::size_t size = reader.count(1);
    try {
      opcode.parameters = parameters_of(opcode.id, reader.take(size));
    } catch (const Error& error) {
      throw Error(opcode_name(opcode.id) + " " + error.what());
    }
  }
  return out;
}

std::vector<std::uint8_t> opcode_list_bytes(std::span<const DngOpcode> opcodes) {
  Writer out;
  out.words(opcodes.size());
  for (const DngOpcode& opcode : opcodes) {
    Writer parameters;
    std::visit([&](const auto& p) { write(parameters, p); }, opcode.parameters);
    const std::vector<std::uint8_t> bytes = parameters.take();
    out.words(id_of(opcode), opcode.dng_version, opcode.flags, bytes.size());
    out.bytes(bytes);
  }
  return out.take();
}

}  // namespace argent
