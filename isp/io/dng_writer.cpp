#include "isp/io/dng_writer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "isp/color_temperature.h"
#include "isp/io/black_level.h"
#include "isp/io/tiff_stream.h"
#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::size_t kStripBytes = std::size_t{256} << 10;

// Values that tiff.h does not name everywhere; DNG 1.7.1.0, chapter 4.
constexpr std::uint32_t kNoiseProfile = 51041;
constexpr int kPhotometricCfa = 32803, kPhotometricLinearRaw = 34892;
constexpr int kLightA = 17, kLightD65 = 21;
constexpr std::array kNamedLights{17, 24, 15, 14, 18, 23, 20, 21, 19, 22};  // one code of each temperature that EXIF can name

/// Fields of several values: whether libtiff wants their count, too, differs by its version.
template <class Value>
void set_values(TIFF* tiff, std::uint32_t tag, const std::vector<Value>& values) {
  const TIFFField* field = TIFFFindField(tiff, tag, TIFF_ANY);
  if (field != nullptr && TIFFFieldPassCount(field) != 0) {
    TIFFSetField(tiff, tag, static_cast<int>(values.size()), values.data());
  } else {
    TIFFSetField(tiff, tag, values.data());
  }
}

/// Two matrices and the EXIF codes of their lights, the warmer one first; one when the frame has one; none.
std::vector<std::pair<int, Mat3>> dng_matrices(const std::vector<ColorMatrix>& matrices) {
  const auto code_of = [](float cct) {
    const auto* found =
        std::find_if(kNamedLights.begin(), kNamedLights.end(), [&](int code) { return std::abs(*cct_of_exif_illuminant(code) - cct) < 1; });
    return found == kNamedLights.end() ? 0 : *found;
  };
  const bool named =
      matrices.size() <= 2 && std::all_of(matrices.begin(), matrices.end(), [&](const ColorMatrix& m) { return code_of(m.cct) != 0; });
  std::vector<std::pair<int, Mat3>> out;
  if (named) {
    for (const ColorMatrix& m : matrices) out.emplace_back(code_of(m.cct), m.xyz_to_camera);
  } else if (matrices.size() == 1) {
    out.emplace_back(kLightD65, matrices.front().xyz_to_camera);  // the only one holds everywhere
  } else {
    for (const int code : {kLightA, kLightD65}) out.emplace_back(code, xyz_to_camera_at(matrices, *cct_of_exif_illuminant(code)));
  }
  return out;
}

class DngWriter {
 public:
  DngWriter(const RawFrame& frame, const DngOptions& options) : frame_(frame), sensor_(frame.sensor), options_(options) {}

  std::size_t row_bytes() const { return samples_in_row() * (sensor_.bits == 8 ? 1 : 2); }

  bool write(TIFF* tiff) const {
    const CaptureTags tags = capture_tags_of(frame_);
    const std::uint64_t exif = write_exif(tiff, tags);
    if (exif == 0) return false;
    const TIFFFieldInfo noise{
        kNoiseProfile, TIFF_VARIABLE, TIFF_VARIABLE, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, const_cast<char*>("NoiseProfile")};
    if (TIFFFindField(tiff, kNoiseProfile, TIFF_ANY) == nullptr) TIFFMergeFieldInfo(tiff, &noise, 1);
    const int rows =
        static_cast<int>(std::clamp<std::size_t>(kStripBytes / row_bytes(), 1, static_cast<std::size_t>(sensor_.active.height)));
    set_form(tiff, rows);
    set_capture_tags(tiff, tags, exif);
    set_levels(tiff);
    set_color(tiff);
    return write_strips(tiff, rows) && TIFFFlush(tiff) != 0;
  }

 private:
  std::size_t samples_in_row() const {
    return static_cast<std::size_t>(sensor_.active.width) * static_cast<std::size_t>(samples_per_pixel(sensor_.cfa));
  }

  std::uint64_t write_exif(TIFF* tiff, const CaptureTags& tags) const {
    if (!begin_exif_directory(tiff, tags)) return 0;
    const float dioptres = frame_.applied.settings.lens_position;
    if (dioptres > 0) TIFFSetField(tiff, EXIFTAG_SUBJECTDISTANCE, 1.0 / static_cast<double>(dioptres));
    return end_exif_directory(tiff);
  }

  void set_form(TIFF* tiff, int rows_per_strip) const {
    const auto width = static_cast<std::uint32_t>(sensor_.active.width), height = static_cast<std::uint32_t>(sensor_.active.height);
    TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, 0);
    set_values<std::uint8_t>(tiff, TIFFTAG_DNGVERSION, {1, 4, 0, 0});
    set_values<std::uint8_t>(tiff, TIFFTAG_DNGBACKWARDVERSION, {1, 1, 0, 0});
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, samples_per_pixel(sensor_.cfa));
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, sensor_.bits == 8 ? 8 : 16);
    TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, static_cast<std::uint32_t>(rows_per_strip));
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, static_cast<int>(frame_.capture.orientation));
    TIFFSetField(tiff, TIFFTAG_SOFTWARE, "argent");
    TIFFSetField(tiff, TIFFTAG_UNIQUECAMERAMODEL, unique_model().c_str());
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, is_bayer(sensor_.cfa) ? kPhotometricCfa : kPhotometricLinearRaw);
    if (is_bayer(sensor_.cfa)) set_mosaic(tiff);
    set_values<std::uint32_t>(tiff, TIFFTAG_ACTIVEAREA, {0, 0, height, width});
    const Rect& crop = frame_.capture.crop;
    if (crop.width < 1 || crop.height < 1) return;
    set_values<float>(tiff, TIFFTAG_DEFAULTCROPORIGIN, {static_cast<float>(crop.x), static_cast<float>(crop.y)});
    set_values<float>(tiff, TIFFTAG_DEFAULTCROPSIZE, {static_cast<float>(crop.width), static_cast<float>(crop.height)});
  }

  std::string unique_model() const {
    const CaptureTags tags = capture_tags_of(frame_);
    const std::string name = tags.make + (tags.make.empty() || tags.model.empty() ? "" : " ") + tags.model;
    return name.empty() ? "unknown camera" : name;
  }

  void set_mosaic(TIFF* tiff) const {
    std::vector<std::uint8_t> colors(4);
    constexpr std::array<std::uint8_t, 4> kColors{0, 1, 1, 2};  // of the sites: 0 red, 1 green, 2 blue
    for (int i = 0; i < 4; i++) colors[static_cast<std::size_t>(i)] = kColors[bayer_site(sensor_.cfa, i % 2, i / 2)];
    set_values<std::uint16_t>(tiff, TIFFTAG_CFAREPEATPATTERNDIM, {2, 2});
    set_values<std::uint8_t>(tiff, TIFFTAG_CFAPATTERN, colors);
  }

  void set_levels(TIFF* tiff) const {
    const auto& black = sensor_.black;
    const float white = *std::min_element(sensor_.white.begin(), sensor_.white.end());
    const bool mosaic = is_bayer(sensor_.cfa);
    std::vector<float> levels{black[0]};
    if (mosaic) {
      levels.clear();
      for (int i = 0; i < 4; i++) levels.push_back(black[bayer_site(sensor_.cfa, i % 2, i / 2)]);
    } else if (sensor_.cfa == CfaPattern::kRgb) {
      levels = {black[0], black[1], black[3]};
    }
    const auto repeat = static_cast<std::uint16_t>(mosaic ? 2 : 1);
    set_values<std::uint16_t>(tiff, TIFFTAG_BLACKLEVELREPEATDIM, {repeat, repeat});
    set_values<float>(tiff, TIFFTAG_BLACKLEVEL, levels);
    set_values<std::uint32_t>(tiff, TIFFTAG_WHITELEVEL,
                              std::vector<std::uint32_t>(static_cast<std::size_t>(samples_per_pixel(sensor_.cfa)),
                                                         static_cast<std::uint32_t>(std::lround(white))));
    if (sensor_.noise.shot > 0 || sensor_.noise.read > 0)
      set_values<double>(tiff, kNoiseProfile, {double(sensor_.noise.shot), double(sensor_.noise.read)});
  }

  void set_color(TIFF* tiff) const {
    const std::optional<float> baseline = options_.baseline_exposure ? options_.baseline_exposure : frame_.capture.baseline_exposure;
    if (baseline) TIFFSetField(tiff, TIFFTAG_BASELINEEXPOSURE, static_cast<double>(*baseline));
    if (sensor_.cfa == CfaPattern::kMonochrome) return;
    const std::optional<Vec3> gains = options_.as_shot_gains ? options_.as_shot_gains : frame_.capture.as_shot_gains;
    if (gains) set_values<float>(tiff, TIFFTAG_ASSHOTNEUTRAL, {(*gains)[1] / (*gains)[0], 1, (*gains)[1] / (*gains)[2]});
    if (sensor_.matrices.empty()) return;
    constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 2> kTags{
        {{TIFFTAG_COLORMATRIX1, TIFFTAG_CALIBRATIONILLUMINANT1}, {TIFFTAG_COLORMATRIX2, TIFFTAG_CALIBRATIONILLUMINANT2}}};
    const auto matrices = dng_matrices(sensor_.matrices);
    for (std::size_t i = 0; i < matrices.size(); i++) {
      set_values<float>(tiff, kTags[i].first, {matrices[i].second.begin(), matrices[i].second.end()});
      TIFFSetField(tiff, kTags[i].second, matrices[i].first);
    }
  }

  bool write_strips(TIFF* tiff, int rows_per_strip) const {
    const std::size_t samples = samples_in_row();
    std::vector<std::uint8_t> strip(row_bytes() * static_cast<std::size_t>(rows_per_strip));
    for (int first = 0, index = 0; first < sensor_.active.height; first += rows_per_strip, index++) {
      const int rows = std::min(rows_per_strip, sensor_.active.height - first);
      for (int y = 0; y < rows; y++) {
        const std::uint16_t* codes = frame_.data + (first + y) * frame_.stride;
        std::uint8_t* out = &strip[row_bytes() * static_cast<std::size_t>(y)];
        if (sensor_.bits == 8) {
          std::transform(codes, codes + samples, out, [](std::uint16_t code) { return static_cast<std::uint8_t>(code); });
        } else {
          std::copy_n(reinterpret_cast<const std::uint8_t*>(codes), row_bytes(), out);
        }
      }
      const auto bytes = static_cast<tmsize_t>(row_bytes() * static_cast<std::size_t>(rows));
      if (TIFFWriteEncodedStrip(tiff, static_cast<std::uint32_t>(index), strip.data(), bytes) != bytes) return false;
    }
    return true;
  }

  const RawFrame& frame_;
  const SensorInfo& sensor_;
  const DngOptions& options_;
};

}  // namespace

void save_dng(const RawFrame& frame, const std::filesystem::path& path, const DngOptions& options) {
  check(frame.sensor);
  if (frame.sensor.cfa == CfaPattern::kXTrans) throw Error(path.string() + ": X-Trans mosaics cannot be written as DNG yet");
  const Size size = frame.size();
  BufferPool pool;
  const RawFrame codes = [&] {
    try {
      return unpacked(frame, pool);
    } catch (const Error& error) {
      throw Error(path.string() + ": " + error.what());
    }
  }();
  OutputFile file(path, options.overwrite);
  const DngWriter writer(codes, options);
  write_tiff_file(file, std::uint64_t{writer.row_bytes()} * static_cast<std::uint64_t>(size.height),
                  [&](TIFF* tiff) { return writer.write(tiff); });
  file.commit();
}

}  // namespace argent
