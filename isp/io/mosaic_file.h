// isp/io/mosaic_file.h - headerless mosaics in: what the file cannot say, a description does.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

#include "isp/frame.h"

namespace argent {

enum class Packing {
  kBytes,  ///< 8 bits in 1 byte, 9 to 16 in 2, little-endian, low bits used
  kMipi,   ///< MIPI CSI-2 as in PackedFormat; rows start on a byte
};

/// Everything a headerless file does not know about itself. Optional means "not said": load_mosaic() fails for size, cfa and bits,
/// black defaults to 0, white to the largest code.
struct MosaicDescription {
  std::optional<Size> size;
  std::optional<CfaPattern> cfa;
  std::optional<CfaPhase> cfa_phase;  ///< of xtrans; its default is 0, 0
  std::optional<int> bits;            ///< 8 to 16
  std::optional<Packing> packing;
  std::optional<std::array<float, 4>> black, white;  ///< codes, fractions allowed; sites as in SensorInfo
  std::vector<ColorMatrix> matrices;
  std::optional<NoiseModel> noise;
  std::optional<Vec3> as_shot_gains;
  std::optional<float> exposure_us, iso, f_number, baseline_exposure;
  std::optional<Orientation> orientation;
  std::optional<Applied> applied;  ///< all of it, as a recording knows it; wins over exposure_us, iso and f_number
  std::string make, model;
  std::optional<int> offset, row_bytes;  ///< bytes before the first row; from row to row
};

/// Reads a description in YAML. Keys: size (WxH), cfa (rggb grbg gbrg bggr mono xtrans), cfa_phase ([x, y], each 0 to 5: where the
/// first pixel lies in X-Trans's pattern, color_at() in isp/sensor_info.h), bits, packing (bytes, mipi), black, white (number or
/// four), matrices (list of {illuminant: D65|A|kelvin, xyz_to_camera: [9 numbers]}), noise ([shot, read]), as_shot_gains, exposure_us,
/// iso, f_number, baseline_exposure, orientation, make, model, offset, row_bytes, applied (a map: exposure_us, analogue_gain,
/// lens_position, f_number, timestamp_us, frame_duration_us, line_time_us, sequence, decision). Unknown keys, wrong types and ranges are
/// Errors.
MosaicDescription load_mosaic_description(const std::filesystem::path& path);

/// The description of a frame, in YAML. Of what load_mosaic() makes with it these are equal to the bit of every number: size, mosaic, bits,
/// black, white, noise and matrices of `sensor` (by rising cct), its make and model, all of `applied`, and of `capture` the gains (green is
/// 1, as it says there), baseline exposure and orientation. Not kept: the crop (the whole area is the picture then), focal length, time and
/// warnings.
std::string description_of(const RawFrame& frame);

/// `over` wins where it says something: its exposure_us, iso and f_number over the same parts of base's `applied`, too.
MosaicDescription merge(MosaicDescription base, const MosaicDescription& over);

/// .raw, .raw.gz, .bin, .bin.gz
bool is_mosaic_file(const std::filesystem::path& path);

/// Reads a mosaic, plain or gzip. Throws Error when the description lacks something, says nonsense, or does not fit the file:
/// fewer bytes than size and bits ask for (more only as `trailing`: kept as a warning). What the pipeline reads packed stays packed.
RawFrame load_mosaic(const std::filesystem::path& path, const MosaicDescription& description);

/// Writes the mosaic, packed as the frame is or 8 bits in a byte and 9 to 16 in two, and beside it `path`.yaml, its description; what of
/// the frame is kept stands at description_of(). Throws Error, and leaves no pixels without their description: one of the files is there
/// already, or can't be written; a frame that contradicts itself, has more than one sample a pixel, or a value that load_mosaic() would
/// refuse.
void save_mosaic(const RawFrame& frame, const std::filesystem::path& path);

/// "rggb" and so on; throws Error that lists the names.
CfaPattern cfa_from_name(std::string_view name);
std::string_view name_of(CfaPattern cfa);
/// "1920x1080"; throws Error.
Size size_from_text(std::string_view text);

}  // namespace argent
