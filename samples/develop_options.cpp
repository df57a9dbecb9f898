#include "samples/develop_options.h"

#include <CLI/CLI.hpp>
#include <charconv>

#include "models/runtime/error.h"
#include "samples/usage_error.h"

namespace argent {
namespace {

constexpr const char* kExamples = R"(Examples:
  argent develop IMG_5952.CR2                     IMG_5952.png beside it
  argent develop IMG_5952.CR2 -o picture.jpg      the name says the format
  argent develop ~/photos -o developed/ --format jpeg --resize 1600x1600
  argent develop '2024*/*.NEF' -o out/ --wb 5500 --exposure 0.5 --json
  argent develop mosaic.raw --size 1920x1080 --cfa bggr --bits 12 -o mosaic.png
  argent develop IMG_5952.CR2 -o linear.tiff --linear --color camera

What a file does not know is not guessed in silence; one line on stderr says what is used instead:
  no white balance    --wb auto
  no color matrix     --color camera
  no metering         --exposure auto

--linear has no tone curve. With --color camera the file holds
  (sensor - black) / (white - black) x gains,
demosaiced, clipped at 0 and 1, and nothing else: gains as given by --wb, not normalised; no metering and
no BaselineExposure. An --exposure given as well multiplies by 2^EV. TIFF keeps 16 bits.

Coming from dcraw or dcraw_emu:
  -w                  --wb camera (the default)
  -a                  --wb auto
  -r R G B G          --wb R,G,B
  -o 0|1              --color camera|srgb: there -o is the color space, here it names the output
  -O FILE             -o FILE
  -q N                --preset live|best: both demosaic along edges, best takes its time
  -H N                nothing to say: clipped highlights are never magenta
  -b N                --exposure EV (EV = log2 N); -W is the default: nothing is stretched
  -6                  --bit-depth 16
  -4                  --linear --bit-depth 16
  -T                  -o FILE.tiff, or --format tiff
  -h                  --half (here -h is the help)
  -k N, -S N          --black N, --white N for mosaics; a --profile for cameras
  -t N                the orientation is always baked into the pixels
  -v                  --verbose

Exit status: 0 all developed, 1 some or all failed, 2 the command line is wrong.
)";

ImageFormat format_from_name(const std::string& name) {
  for (const ImageFormat format : {ImageFormat::kTiff, ImageFormat::kJpeg}) {
    if (name == name_of(format)) return format;
  }
  return ImageFormat::kPng;  // no other name passes the check
}

void add_output_options(CLI::App& app, DevelopOptions& options) {
  const char* group = "Output";
  app.add_option("-o,--output", options.output.output,
                 "picture, or folder for several (made when missing);\nends in / for a folder; default: beside each input")
      ->type_name("FILE|DIR")
      ->group(group);
  app.add_option_function<std::string>(
         "--format", [&](const std::string& name) { options.output.format = format_from_name(name); },
         "png (default), tiff or jpeg, for pictures in folders")
      ->check(CLI::IsMember({"png", "tiff", "jpeg"}).description(""))
      ->type_name("NAME")
      ->group(group);
  app.add_flag_callback(
         "--overwrite", [&] { options.output.overwrite = Overwrite::kYes; }, "replace pictures that exist")
      ->group(group);
  app.add_option_function<int>(
         "--bit-depth", [&](const int& bits) { options.bit_depth = bits; }, "8 or 16 (default: TIFF 16, others 8)")
      ->check(CLI::IsMember({8, 16}).description(""))
      ->type_name("N")
      ->group(group);
  app.add_option("--quality", options.jpeg_quality, "of JPEG, 1 to 100 (default 92)")
      ->check(CLI::Range(1, 100).description(""))
      ->type_name("N")
      ->group(group);
}

void add_size_options(CLI::App& app, DevelopOptions& options) {
  const char* group = "Picture";
  const auto resize = [&](const std::string& text) {
    const Resize size = resize_from_text(text);
    options.scale = size.scale;
    options.fit = size.fit;
  };
  CLI::Option* to_size =
      app.add_option_function<std::string>("--resize", resize, "largest picture inside WxH, or percent")->type_name("WxH|N%")->group(group);
  app.add_flag_callback(
         "--half", [&] { options.scale = 0.5f; }, "half the width and height")
      ->excludes(to_size)
      ->group(group);
  app.add_option_function<std::string>(
         "--crop", [&](const std::string& crop) { options.whole_active_area = crop == "full"; },
         "camera (default) or full: the whole active area")
      ->check(CLI::IsMember({"camera", "full"}).description(""))
      ->type_name("NAME")
      ->group(group);
}

void add_picture_options(CLI::App& app, DevelopOptions& options) {
  const char* group = "Picture";
  DevelopChoices& choices = options.choices;
  app.add_option_function<std::string>(
         "--wb", [&](const std::string& text) { choices.white_balance = white_balance_from_text(text); },
         "white balance: camera (default), auto, multipliers\nas 2.0,1,1.6 or a temperature as 5500")
      ->type_name("camera|auto|R,G,B|KELVIN")
      ->group(group);
  app.add_option_function<std::string>(
         "--exposure", [&](const std::string& text) { choices.exposure = exposure_from_text(text); },
         "EV brighter than metered, or auto: our own metering\n(default: what the camera metered)")
      ->type_name("EV|auto")
      ->group(group);
  app.add_option_function<std::string>(
         "--color", [&](const std::string& name) { choices.color = name == "srgb" ? ColorSpace::kSrgb : ColorSpace::kCamera; },
         "srgb (default) or camera: no matrix")
      ->check(CLI::IsMember({"srgb", "camera"}).description(""))
      ->type_name("NAME")
      ->group(group);
  app.add_flag_callback(
         "--linear", [&] { choices.encoding = Encoding::kLinear; }, "no tone curve, proportional to light (formula below)")
      ->group(group);
  app.add_option("--preset", options.input.preset, "speed against quality: live (default) or best")
      ->check(CLI::IsMember({"live", "best"}).description(""))
      ->type_name("NAME")
      ->group(group);
}

void add_report_options(CLI::App& app, DevelopOptions& options) {
  const char* group = "Report";
  app.add_flag("--json", options.json, "one object a file on stdout: settings, decision,\nstatistics, times")->group(group);
  CLI::Option* verbose =
      app.add_flag_callback(
             "-v,--verbose", [&] { options.verbosity = Verbosity::kVerbose; }, "what was seen, decided and used, and the times")
          ->group(group);
  app.add_flag_callback(
         "--quiet", [&] { options.verbosity = Verbosity::kQuiet; }, "only errors and warnings")
      ->excludes(verbose)
      ->group(group);
}

}  // namespace

void add_develop_options(CLI::App& app, DevelopOptions& options) {
  add_input_options(app, options.input);
  add_reference_frame_options(app, options.reference_frames);
  add_output_options(app, options);
  add_picture_options(app, options);
  add_size_options(app, options);
  add_report_options(app, options);
  app.footer([] { return kExamples + std::string("\nParameters for --set, with their defaults:\n") + settable_parameters(); });
}

Resize resize_from_text(const std::string& text) {
  if (!text.ends_with('%')) return {.fit = size_from_text(text)};
  float percent = 0;
  const char* const end = text.data() + text.size() - 1;
  const auto [rest, failure] = std::from_chars(text.data(), end, percent);
  if (failure != std::errc() || rest != end || !(percent >= 1 && percent <= 400)) {
    throw Error("--resize \"" + text + "\": expected WxH, or 1% to 400%");
  }
  return {.scale = percent / 100};
}

OutputParams output_params_of(const DevelopOptions& options, ImageFormat format) {
  const int bits = options.bit_depth.value_or(format == ImageFormat::kTiff ? 16 : 8);
  if (bits == 16 && format == ImageFormat::kJpeg) throw UsageError("--bit-depth 16: JPEG has 8 bits, choose PNG or TIFF");
  OutputParams params;
  params.type = bits == 16 ? PixelType::kU16 : PixelType::kU8;
  params.encoding = options.choices.encoding;
  params.color = options.choices.color;
  params.scale = options.scale;
  params.fit = options.fit;
  params.whole_active_area = options.whole_active_area;
  return params;
}

}  // namespace argent
