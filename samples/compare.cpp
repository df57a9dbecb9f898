#include "samples/compare.h"

#include <CLI/CLI.hpp>
#include <array>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "calibration/quality/picture_difference.h"
#include "isp/io/icc_profile.h"
#include "isp/io/image_file.h"
#include "isp/io/picture_file.h"
#include "models/runtime/error.h"
#include "samples/batch_console.h"
#include "samples/output_names.h"
#include "samples/rect_text.h"
#include "samples/usage_error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples = R"(Examples:
  argent compare ours.png camera.jpg
  argent compare before.tiff after.tiff -o difference.png --gain 16
  argent compare truth.png developed.png --crop 748x492+10+10 --json
  argent compare golden.png new.png --fail-under 60          for scripts: exit 1 below 60 dB

PNG, JPEG, TIFF, OpenEXR, PNM and PFM, of any bit depth, upright as their EXIF says. Colors are compared as
sRGB: pictures with an ICC profile are converted (relative colorimetric, nothing clipped), pictures without
one are taken for sRGB, floats without one for linear light.

  PSNR       dB, of full scale, of each channel and of all three (CPSNR), in sRGB's encoding or --linear
  SSIM       Wang et al. 2004: luma, Gaussian window of 11x11, sigma 1.5
  CIEDE2000  mean, 95th percentile, largest

The difference picture is grey where nothing differs and brighter where B is.

Exit status: 0 compared, 1 could not be compared or is under --fail-under, 2 the command line is wrong.
)";

struct CompareOptions {
  std::string a, b;
  std::string output;
  Overwrite overwrite = Overwrite::kNo;
  std::optional<Rect> crop;
  float gain = 4;
  bool side_by_side = false;
  Encoding encoding = Encoding::kSrgb;
  std::optional<double> fail_under;  ///< dB
  int threads = 0;
  bool json = false;
};

/// One of the two: what it was, and what is compared.
struct Side {
  Size size;
  PixelType type = PixelType::kU8;
  std::string space;
  Image picture;  ///< f32
};

std::string space_of(const LoadedPicture& loaded) {
  if (!loaded.icc_profile.empty()) {
    const std::string name = icc_profile_name(loaded.icc_profile);
    return name.empty() ? "ICC profile without a name" : name;
  }
  return loaded.image.encoding() == Encoding::kLinear ? "linear sRGB" : "sRGB";
}

Side load(const std::string& file, const CompareOptions& options, BufferPool& pool) {
  const LoadedPicture loaded = load_picture(file);
  const Image& image = loaded.image;
  const Rect area = options.crop.value_or(Rect{0, 0, image.width(), image.height()});
  Side side{image.size(), image.type(), space_of(loaded), {}};
  try {
    check_inside(area, image.size(), "--crop");
    const bool labelled = !loaded.icc_profile.empty() && loaded.icc_profile != icc_profile_of(ColorSpace::kSrgb);
    side.picture = labelled ? as_floats(to_srgb(image, loaded.icc_profile, pool), area, options.encoding, pool)
                            : as_floats(image, area, options.encoding, pool);
  } catch (const Error& error) {
    throw Error(file + ": " + error.what());
  }
  return side;
}

// ---- the difference as a picture -----------------------------------------------------------------------------------------------------

Image codes_of(const Image& floats, BufferPool& pool) {
  Image out(pool, floats.size(), PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  const Image shown = as_floats(floats, {0, 0, floats.width(), floats.height()}, Encoding::kSrgb, pool);
  for (int y = 0; y < out.height(); y++) {
    const float* from = shown.row<float>(y);
    auto* to = out.row<std::uint8_t>(y);
    for (int i = 0; i < out.width() * Image::kChannels; i++)
      to[i] = std::isfinite(from[i]) ? static_cast<std::uint8_t>(std::lround(255 * std::clamp(from[i], 0.0f, 1.0f))) : 0;
  }
  return out;
}

Image beside(const std::array<const Image*, 3>& pictures, BufferPool& pool) {
  const int width = pictures[0]->width(), height = pictures[0]->height();
  Image out(pool, {3 * width, height}, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  const std::ptrdiff_t samples = std::ptrdiff_t{width} * Image::kChannels;
  for (int y = 0; y < height; y++) {
    for (std::size_t i = 0; i < pictures.size(); i++)
      std::copy_n(pictures[i]->row<std::uint8_t>(y), samples, out.row<std::uint8_t>(y) + static_cast<std::ptrdiff_t>(i) * samples);
  }
  return out;
}

void save_difference(const Side& a, const Side& b, const CompareOptions& options, BufferPool& pool) {
  Image picture = difference_picture(a.picture, b.picture, options.gain, pool);
  if (options.side_by_side) {
    if (a.picture.width() > kMaxSide / 3) throw Error("--side-by-side: ", a.picture.size(), " pixels are too wide, use --crop");
    const Image left = codes_of(a.picture, pool), middle = codes_of(b.picture, pool);
    picture = beside({&left, &middle, &picture}, pool);
  }
  save_image(picture, options.output, {.overwrite = options.overwrite});
}

// ---- in words and for programs -----------------------------------------------------------------------------------------------------

std::string decibel_text(double value) {
  if (std::isinf(value)) return "     inf";
  char text[32];
  std::snprintf(text, sizeof text, "%8.3f", value);
  return text;
}

template <class... Values>
std::string line(const char* format, Values... values) {
  char text[256];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

std::string side_text(const char* name, const std::string& file, const Side& side) {
  const char* type = side.type == PixelType::kU8 ? "8 bit" : side.type == PixelType::kU16 ? "16 bit" : "float";
  return std::string(name) + "          " + file + ": " + to_text(side.size) + ", " + type + ", " + side.space + "\n";
}

std::string text_of(const CompareOptions& options, const Side& a, const Side& b, const PictureDifference& d) {
  std::string text = side_text("A", options.a, a) + side_text("B", options.b, b);
  if (options.crop) text += "part       " + to_text(*options.crop) + "\n";
  text += "                  R         G         B       all\n";
  text += "PSNR dB    " + decibel_text(d.psnr[0]) + "  " + decibel_text(d.psnr[1]) + "  " + decibel_text(d.psnr[2]) + "  " +
          decibel_text(d.cpsnr) + (options.encoding == Encoding::kLinear ? "  (linear light)" : "") + "\n";
  text +=
      line("mean B-A   %+8.5f  %+8.5f  %+8.5f  (1 = full scale; largest difference %.5f)\n", d.mean[0], d.mean[1], d.mean[2], d.largest);
  text += "SSIM       " + (d.ssim ? line("%8.5f", *d.ssim) : std::string("       -  (less than 11x11 pixels)")) + "\n";
  text += line("CIEDE2000  %8.3f mean, %.3f 95th percentile, %.3f largest\n", d.delta_e_mean, d.delta_e_95, d.delta_e_max);
  return text;
}

std::string json_of(const CompareOptions& options, const Side& a, const Side& b, const PictureDifference& d) {
  using Json = nlohmann::ordered_json;
  const auto decibel = [](double value) { return std::isinf(value) ? Json(nullptr) : Json(value); };
  const auto side = [](const std::string& file, const Side& s) {
    return Json{{"file", file}, {"width", s.size.width}, {"height", s.size.height}, {"bits", 8 * sample_size(s.type)}, {"space", s.space}};
  };
  Json object{{"a", side(options.a, a)},
              {"b", side(options.b, b)},
              {"crop", options.crop ? Json(to_text(*options.crop)) : Json(nullptr)},
              {"encoding", options.encoding == Encoding::kSrgb ? "srgb" : "linear"},
              {"identical", d.largest == 0},
              {"psnr", {decibel(d.psnr[0]), decibel(d.psnr[1]), decibel(d.psnr[2])}},
              {"cpsnr", decibel(d.cpsnr)},
              {"ssim", d.ssim ? Json(*d.ssim) : Json(nullptr)},
              {"mean", d.mean},
              {"largest", d.largest},
              {"ciede2000", {{"mean", d.delta_e_mean}, {"p95", d.delta_e_95}, {"max", d.delta_e_max}}}};
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

int run(const CompareOptions& options) {
  if (!options.output.empty()) {
    if (!image_format_of(options.output)) throw UsageError(options.output, ": expected a name that ends in .png, .tiff or .jpg");
    check_new(options.output, options.overwrite);
  }
  BufferPool pool;
  const Side a = load(options.a, options, pool), b = load(options.b, options, pool);
  if (!(a.picture.size() == b.picture.size())) {
    throw Error(options.a, " has ", a.size, " pixels, ", options.b, " has ", b.size, ": the sizes differ (--crop compares a part)");
  }
  const PictureDifference difference = difference_of(a.picture, b.picture, options.threads);
  if (!options.output.empty()) save_difference(a, b, options, pool);
  print_result(options.json ? json_of(options, a, b, difference) : text_of(options, a, b, difference));
  if (!options.fail_under || difference.cpsnr >= *options.fail_under) return 0;
  print_message("CPSNR of " + line("%.3f", difference.cpsnr) + " dB is under " + line("%g", *options.fail_under) + " dB");
  return 1;
}

}  // namespace

std::function<int()> add_compare_command(CLI::App& app) {
  const auto options = std::make_shared<CompareOptions>();
  CLI::App* command = app.add_subcommand("compare", "how far two pictures are from each other: PSNR, SSIM, CIEDE2000");
  command->add_option("A", options->a, "picture")->required()->type_name("");
  command->add_option("B", options->b, "picture of the same size")->required()->type_name("");
  command
      ->add_option_function<std::string>(
          "--crop", [options](const std::string& text) { options->crop = rect_from_text(text, "--crop"); },
          "only this part of both, as 748x492+10+10 or X,Y,W,H")
      ->type_name("WxH+X+Y");
  command->add_flag_callback(
      "--linear", [options] { options->encoding = Encoding::kLinear; }, "PSNR and SSIM in linear light");
  command->add_option("-o,--output", options->output, "the difference as a picture: grey + gain x (B - A)")->type_name("FILE");
  command->add_option("--gain", options->gain, "of the difference picture (default 4)")
      ->check(CLI::Range(0.001, 10000.0).description(""))
      ->type_name("N");
  command->add_flag("--side-by-side", options->side_by_side, "A and B to the left of the difference");
  command->add_flag_callback(
      "--overwrite", [options] { options->overwrite = Overwrite::kYes; }, "replace a picture that exists");
  command
      ->add_option_function<double>(
          "--fail-under", [options](const double& db) { options->fail_under = db; }, "exit with 1 when CPSNR is below")
      ->check(CLI::Range(-1000.0, 1000.0).description(""))
      ->type_name("DB");
  command->add_option("--threads", options->threads, "cores to use (default: all)")
      ->check(CLI::Range(1, 1024).description(""))
      ->type_name("N");
  command->add_flag("--json", options->json, "one object on stdout");
  command->footer(kExamples);
  return [options] { return run(*options); };
}

}  // namespace argent
