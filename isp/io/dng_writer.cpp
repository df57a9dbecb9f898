#include "isp/io/dng_writer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "isp/io/black_level.h"
#include "isp/io/dng_color.h"
#include "isp/io/dng_pixels.h"
#include "isp/io/dng_tag_numbers.h"
#include "isp/io/dng_tags.h"
#include "isp/io/exif_fields.h"
#include "isp/io/image_file.h"
#include "isp/io/opcode_lists.h"
#include "isp/io/shading_opcodes.h"
#include "isp/io/tiff_file.h"
#include "isp/kernel_inputs.h"
#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

using Fields = std::vector<TiffValue>;

void append(Fields& to, Fields from) { std::move(from.begin(), from.end(), std::back_inserter(to)); }

std::string unique_model(const RawFrame& frame, const CaptureTags& capture) {
  if (frame.dng_profile && !frame.dng_profile->unique_camera_model.empty()) return frame.dng_profile->unique_camera_model;
  const std::string name = capture.make + (capture.make.empty() || capture.model.empty() ? "" : " ") + capture.model;
  return name.empty() ? "unknown camera" : name;
}

DngOpcodes opcodes_of(const RawFrame& frame, const DngOptions& options) {
  DngOpcodes out = frame.opcodes ? *frame.opcodes : DngOpcodes();
  if (options.shading.empty()) return out;
  std::erase_if(out.linear, [](const DngOpcode& opcode) { return std::holds_alternative<OpcodeGainMap>(opcode.parameters); });
  const std::vector<DngOpcode> maps = shading_opcodes(mesh_at(options.shading, options.colour_temperature), frame.sensor.cfa, frame.size());
  out.linear.insert(out.linear.end(), maps.begin(), maps.end());
  return out;
}

/// What says how the codes are to be read: of the directory that they stand in.
Fields level_fields(const SensorInfo& sensor) {
  const auto& black = sensor.black;
  const bool mosaic = is_bayer(sensor.cfa);
  std::vector<double> levels{double(black[0])};
  std::vector<std::uint8_t> colors;
  if (mosaic) {
    constexpr std::array<std::uint8_t, 4> kColors{0, 1, 1, 2};  // of the sites: 0 red, 1 green, 2 blue
    levels.clear();
    for (int i = 0; i < 4; i++) {
      const auto site = static_cast<std::size_t>(bayer_site(sensor.cfa, i % 2, i / 2));
      levels.push_back(double(black[site]));
      colors.push_back(kColors[site]);
    }
  } else if (sensor.cfa == CfaPattern::kRgb) {
    levels = {double(black[0]), double(black[1]), double(black[3])};
  }
  const float white = *std::min_element(sensor.white.begin(), sensor.white.end());
  const std::vector<std::uint32_t> whites(static_cast<std::size_t>(samples_per_pixel(sensor.cfa)),
                                          static_cast<std::uint32_t>(std::lround(white)));
  const auto repeat = static_cast<std::uint16_t>(mosaic ? 2 : 1);
  Fields out{tiff_short(tags::kPhotometric, static_cast<std::uint16_t>(mosaic ? tags::kPhotometricCfa : tags::kPhotometricLinearRaw)),
             tiff_shorts(tags::kBlackLevelRepeatDim, std::array{repeat, repeat}), tiff_rationals(tags::kBlackLevel, levels),
             tiff_longs(tags::kWhiteLevel, whites)};
  if (mosaic) {
    out.push_back(tiff_shorts(tags::kCfaRepeatPatternDim, std::array<std::uint16_t, 2>{2, 2}));
    out.push_back(tiff_bytes(tags::kCfaPattern, colors));
  }
  return out;
}

Fields area_fields(const RawFrame& frame) {
  const auto width = static_cast<std::uint32_t>(frame.size().width), height = static_cast<std::uint32_t>(frame.size().height);
  Fields out{tiff_long(tags::kNewSubfileType, 0), tiff_long(tags::kImageWidth, width), tiff_long(tags::kImageLength, height),
             tiff_longs(tags::kActiveArea, std::array<std::uint32_t, 4>{0, 0, height, width})};
  const Rect& crop = frame.capture.crop;
  if (crop.width < 1 || crop.height < 1) return out;
  out.push_back(tiff_rationals(tags::kDefaultCropOrigin, std::array{double(crop.x), double(crop.y)}));
  out.push_back(tiff_rationals(tags::kDefaultCropSize, std::array{double(crop.width), double(crop.height)}));
  return out;
}

/// One pair of numbers a plane where the file that the frame is from had them, and the frame still means the same.
Fields noise_fields(const RawFrame& frame) {
  const NoiseModel& noise = frame.sensor.noise;
  if (!(noise.shot > 0 || noise.read > 0)) return {};
  std::vector<double> numbers{double(noise.shot), double(noise.read)};
  if (frame.dng_profile && mean_noise(*frame.dng_profile) == noise) {
    numbers.clear();
    for (const NoiseModel& plane : frame.dng_profile->noise) numbers.insert(numbers.end(), {double(plane.shot), double(plane.read)});
  }
  return {tiff_doubles(tags::kNoiseProfile, numbers)};
}

Fields opcode_fields(const DngOpcodes& opcodes) {
  Fields out;
  const std::array<std::pair<std::uint16_t, const std::vector<DngOpcode>*>, 3> lists{
      {{tags::kOpcodeList1, &opcodes.raw}, {tags::kOpcodeList2, &opcodes.linear}, {tags::kOpcodeList3, &opcodes.demosaiced}}};
  for (const auto& [tag, list] : lists) {
    if (!list->empty()) out.push_back(tiff_undefined(tag, opcode_list_bytes(*list)));
  }
  return out;
}

/// XMP specification, part 1: who made the file, for programs that read nothing else.
TiffValue xmp_field(const CaptureTags& capture) {
  std::string date = capture.time;  // "YYYY:MM:DD hh:mm:ss" to "YYYY-MM-DDThh:mm:ss"
  if (!date.empty()) date[4] = date[7] = '-', date[10] = 'T';
  const std::string packet =
      "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
      "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "
      "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" "
      "xmp:CreatorTool=\"argent\"" +
      (date.empty() ? std::string() : " xmp:CreateDate=\"" + date + "\"") + "/></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>";
  return tiff_bytes(tags::kXmp, {reinterpret_cast<const std::uint8_t*>(packet.data()), packet.size()});
}

class DngFile {
 public:
  DngFile(const RawFrame& frame, const DngOptions& options, OutputFile& output)
      : frame_(frame), options_(options), opcodes_(opcodes_of(frame, options)), file_(output) {}

  void write() {
    Fields raw = append_pixels(frame_, options_.compression, file_);
    for (Fields fields : {area_fields(frame_), level_fields(frame_.sensor), noise_fields(frame_), opcode_fields(opcodes_)})
      append(raw, std::move(fields));
    Fields main = main_fields();
    if (options_.preview == nullptr) {
      append(main, std::move(raw));
    } else {
      append(main, preview_fields(*options_.preview));
      main.push_back(tiff_long(tags::kSubDirectories, file_.append_directory(std::move(raw))));
    }
    file_.finish(file_.append_directory(std::move(main)));
  }

 private:
  /// Of the capture and its color: IFD 0, whatever picture stands in it.
  Fields main_fields() {
    const CaptureTags capture = capture_tags_of(frame_);
    const bool has_opcodes = !opcodes_.empty();
    Fields out{tiff_bytes(tags::kDngVersion, std::array<std::uint8_t, 4>{1, 4, 0, 0}),
               tiff_bytes(tags::kDngBackwardVersion, std::array<std::uint8_t, 4>{1, static_cast<std::uint8_t>(has_opcodes ? 3 : 1), 0, 0}),
               tiff_short(tags::kOrientation, static_cast<std::uint16_t>(frame_.capture.orientation)),
               tiff_text(tags::kSoftware, "argent"),
               tiff_text(tags::kUniqueCameraModel, unique_model(frame_, capture)),
               xmp_field(capture)};
    if (!capture.make.empty()) out.push_back(tiff_text(tags::kMake, capture.make));
    if (!capture.model.empty()) out.push_back(tiff_text(tags::kModel, capture.model));
    if (!capture.time.empty()) out.push_back(tiff_text(tags::kDateTime, capture.time));
    const auto& baseline = options_.baseline_exposure ? options_.baseline_exposure : frame_.capture.baseline_exposure;
    if (baseline) out.push_back(tiff_signed_rationals(tags::kBaselineExposure, std::array{static_cast<double>(*baseline)}));
    if (frame_.sensor.cfa != CfaPattern::kMonochrome) {
      append(out, color_fields(frame_, options_.as_shot_gains ? options_.as_shot_gains : frame_.capture.as_shot_gains));
    }
    ExifFields exif = options_.exif_from.empty() ? ExifFields() : exif_fields_of(options_.exif_from);
    add_missing(exif, capture, frame_.applied.settings.lens_position);
    append(out, std::move(exif.main));
    out.push_back(tiff_long(tags::kExifDirectory, file_.append_directory(std::move(exif.exif))));
    if (!exif.gps.empty()) out.push_back(tiff_long(tags::kGpsDirectory, file_.append_directory(std::move(exif.gps))));
    return out;
  }

  Fields preview_fields(const Image& preview) {
    const std::vector<unsigned char> jpeg = jpeg_bytes(preview, options_.preview_quality);
    constexpr std::uint32_t kReduced = 1;
    constexpr std::uint16_t kJpeg = 7, kSubsampledBelow = 90, kCentered = 1;
    const auto step = static_cast<std::uint16_t>(options_.preview_quality < kSubsampledBelow ? 2 : 1);
    const auto height = static_cast<std::uint32_t>(preview.height());
    const bool srgb = is_srgb(preview.info());
    return {tiff_long(tags::kNewSubfileType, kReduced),
            tiff_long(tags::kImageWidth, static_cast<std::uint32_t>(preview.width())),
            tiff_long(tags::kImageLength, height),
            tiff_shorts(tags::kBitsPerSample, std::array<std::uint16_t, 3>{8, 8, 8}),
            tiff_short(tags::kCompression, kJpeg),
            tiff_short(tags::kPhotometric, tags::kPhotometricYCbCr),
            tiff_long(tags::kStripOffsets, file_.append(jpeg)),
            tiff_short(tags::kSamplesPerPixel, 3),
            tiff_long(tags::kRowsPerStrip, height),
            tiff_long(tags::kStripByteCounts, static_cast<std::uint32_t>(jpeg.size())),
            tiff_short(tags::kPlanarConfig, 1),
            tiff_shorts(tags::kYCbCrSubsampling, std::array{step, step}),
            tiff_short(tags::kYCbCrPositioning, kCentered),
            tiff_rationals(tags::kReferenceBlackWhite, std::array<double, 6>{0, 255, 128, 255, 128, 255}),
            tiff_long(tags::kPreviewColorSpace, srgb ? 2 : 0)};
  }

  const RawFrame& frame_;
  const DngOptions& options_;
  DngOpcodes opcodes_;
  TiffFile file_;
};

}  // namespace

void save_dng(const RawFrame& frame, const std::filesystem::path& path, const DngOptions& options) {
  check(frame.sensor);
  if (frame.sensor.cfa == CfaPattern::kXTrans) throw Error(path.string() + ": X-Trans mosaics cannot be written as DNG yet");
  BufferPool pool;
  const RawFrame codes = [&] {
    try {
      return unpacked(frame, pool);
    } catch (const Error& error) {
      throw Error(path.string() + ": " + error.what());
    }
  }();
  OutputFile file(path, options.overwrite);
  DngFile(codes, options, file).write();
  file.commit();
}

}  // namespace argent
