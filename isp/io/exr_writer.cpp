#include "isp/io/exr_writer.h"

#include <OpenEXR/ImfChannelList.h>
#include <OpenEXR/ImfFrameBuffer.h>
#include <OpenEXR/ImfHeader.h>
#include <OpenEXR/ImfIO.h>
#include <OpenEXR/ImfOutputFile.h>
#include <OpenEXR/ImfStandardAttributes.h>
#include <OpenEXR/ImfStringAttribute.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "isp/color_space.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::array<const char*, 3> kChannels{"R", "G", "B"};
constexpr float kLargestHalf = 65504;

class Stream : public Imf::OStream {
 public:
  explicit Stream(OutputFile& file) : Imf::OStream(file.path().c_str()), file_(file) {}
  void write(const char* bytes, int size) override {
    file_.write(bytes, static_cast<std::size_t>(size));
    file_.check();
  }
  std::uint64_t tellp() override { return static_cast<std::uint64_t>(file_.seek(0, SEEK_CUR)); }
  void seekp(std::uint64_t position) override { file_.seek(static_cast<std::int64_t>(position), SEEK_SET); }

 private:
  OutputFile& file_;
};

float value_of(const Rational& rational) { return static_cast<float>(rational.numerator) / static_cast<float>(rational.denominator); }

void add_capture(Imf::Header& header, const CaptureTags& tags) {
  const auto text = [&](const char* name, const std::string& value) {
    if (!value.empty()) header.insert(name, Imf::StringAttribute(value));
  };
  if (tags.exposure) Imf::addExpTime(header, value_of(*tags.exposure));
  if (tags.f_number) Imf::addAperture(header, value_of(*tags.f_number));
  if (tags.iso) Imf::addIsoSpeed(header, *tags.iso);
  if (!tags.time.empty()) Imf::addCapDate(header, tags.time);
  text("cameraMake", tags.make);
  text("cameraModel", tags.model);
  text("lensModel", tags.lens);
}

Imf::Chromaticities chromaticities_of(ColorSpace space) {
  const auto point = [](Chromaticity c) { return Imath::V2f(c.x, c.y); };
  const Primaries p = primaries_of(space);
  return {point(p.red), point(p.green), point(p.blue), point(kD65)};
}

Imf::Header header_of(const Image& image, const CaptureTags* tags, const SaveOptions& options) {
  Imf::Header header(image.width(), image.height());
  header.compression() = Imf::ZIP_COMPRESSION;
  const Imf::PixelType type = options.exr == ExrSample::kHalf ? Imf::HALF : Imf::FLOAT;
  for (const char* channel : kChannels) header.channels().insert(channel, Imf::Channel(type));
  // Rec. 709's primaries are also what a file without the attribute has: a camera's own cannot be said.
  if (image.color_space() != ColorSpace::kCamera) Imf::addChromaticities(header, chromaticities_of(image.color_space()));
  header.insert("software", Imf::StringAttribute("argent"));
  if (tags != nullptr) add_capture(header, *tags);
  if (!options.xmp.empty()) header.insert("xmp", Imf::StringAttribute(options.xmp));
  return header;
}

void write_halves(Imf::OutputFile& out, const Image& image) {
  std::vector<half> row(static_cast<std::size_t>(image.width()) * Image::kChannels);
  constexpr std::size_t kPixel = Image::kChannels * sizeof(half);
  for (int y = 0; y < image.height(); y++) {
    const float* from = image.row<float>(y);
    for (std::size_t i = 0; i < row.size(); i++) row[i] = half(std::clamp(from[i], -kLargestHalf, kLargestHalf));
    Imf::FrameBuffer buffer;
    for (std::size_t c = 0; c < kChannels.size(); c++)
      buffer.insert(kChannels[c], Imf::Slice(Imf::HALF, reinterpret_cast<char*>(&row[c]), kPixel, 0));
    out.setFrameBuffer(buffer);
    out.writePixels();
  }
}

void write_floats(Imf::OutputFile& out, const Image& image) {
  Imf::FrameBuffer buffer;
  for (std::size_t c = 0; c < kChannels.size(); c++) {
    auto* first = reinterpret_cast<char*>(const_cast<std::byte*>(image.data())) + c * sizeof(float);
    buffer.insert(kChannels[c], Imf::Slice(Imf::FLOAT, first, Image::kChannels * sizeof(float), static_cast<std::size_t>(image.stride())));
  }
  out.setFrameBuffer(buffer);
  out.writePixels(image.height());
}

}  // namespace

void write_exr(const Image& image, const CaptureTags* tags, const SaveOptions& options, OutputFile& file) {
  try {
    Stream stream(file);
    Imf::OutputFile out(stream, header_of(image, tags, options), 0);
    if (options.exr == ExrSample::kHalf) {
      write_halves(out, image);
    } else {
      write_floats(out, image);
    }
  } catch (const Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {  // its texts have many lines
    file.check();
    throw Error(file.path().string() + ": OpenEXR could not write it");
  }
  file.check();
}

}  // namespace argent
