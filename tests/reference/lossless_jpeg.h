// tests/reference/lossless_jpeg.h - the slow twin of isp/io/lossless_jpeg.h: a decoder of lossless JPEG, bit by bit.
//
// Source: ITU-T T.81 (1992), annexes B (markers), C (codes from lengths), F.2.2 (decoding), H (process 14). All seven predictors; no
// restart intervals. Throws Error for what is not a file of that kind.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "models/runtime/error.h"

namespace argent::reference {

struct DecodedJpeg {
  int width = 0, height = 0, components = 0, bits = 0;
  std::vector<std::uint16_t> samples;  ///< height x width x components
};

class LosslessJpegDecoder {
 public:
  explicit LosslessJpegDecoder(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  DecodedJpeg decode() {
    if (word() != 0xffd8) throw Error("no SOI");
    for (;;) {
      const int marker = word();
      const std::size_t end = at_ + static_cast<std::size_t>(word());
      if (marker == 0xffc4) {
        while (at_ < end) read_table();
      } else if (marker == 0xffc3) {
        read_frame();
      } else if (marker == 0xffda) {
        read_scan_head();
        if (at_ != end) throw Error("SOS has another length");
        read_samples();
        if (word() != 0xffd9) throw Error("no EOI");
        if (at_ != bytes_.size()) throw Error("bytes behind EOI");
        return out_;
      } else {
        throw Error("marker " + std::to_string(marker));
      }
      if (at_ != end) throw Error("a segment has another length");
    }
  }

 private:
  /// (length, code) -> category
  using Table = std::map<std::pair<int, int>, int>;

  int byte() {
    if (at_ >= bytes_.size()) throw Error("ends too early");
    return bytes_[at_++];
  }
  int word() {
    const int high = byte();
    return high << 8 | byte();
  }

  void read_table() {
    const int id = byte();
    if (id > 3) throw Error("no DC table");
    std::array<int, 17> count{};
    for (int length = 1; length <= 16; length++) count[length] = byte();
    int code = 0;
    for (int length = 1; length <= 16; length++, code *= 2) {
      for (int i = 0; i < count[length]; i++, code++) {
        if (code >= (1 << length) - 1) throw Error("a code is all ones, or there are too many");
        tables_[id][{length, code}] = byte();
      }
    }
  }

  void read_frame() {
    out_.bits = byte();
    out_.height = word();
    out_.width = word();
    out_.components = byte();
    for (int c = 0; c < out_.components; c++) {
      ids_.push_back(byte());
      if (byte() != 0x11) throw Error("subsampled");
      byte();
    }
    if (out_.bits < 2 || out_.bits > 16 || out_.width < 1 || out_.height < 1 || out_.components < 1) throw Error("bad frame");
  }

  void read_scan_head() {
    if (byte() != out_.components) throw Error("not all components in one scan");
    for (int c = 0; c < out_.components; c++) {
      if (byte() != ids_[static_cast<std::size_t>(c)]) throw Error("components in another order");
      scan_tables_.push_back(byte() >> 4);
    }
    predictor_ = byte();
    if (byte() != 0 || byte() != 0) throw Error("point transform");
  }

  int bit() {
    if (left_ == 0) {
      current_ = byte();
      left_ = 8;
      if (current_ == 0xff && byte() != 0) throw Error("a marker among the samples");
    }
    return current_ >> --left_ & 1;
  }

  int difference(const Table& table) {
    int code = 0;
    for (int length = 1; length <= 16; length++) {
      code = code * 2 + bit();
      const auto found = table.find({length, code});
      if (found == table.end()) continue;
      const int category = found->second;
      if (category == 16) return 32768;
      int value = 0;
      for (int i = 0; i < category; i++) value = value * 2 + bit();
      return category > 0 && value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
    }
    throw Error("no such code");
  }

  void read_samples() {
    const auto at = [&](int x, int y, int c) -> std::uint16_t& {
      return out_.samples[(static_cast<std::size_t>(y) * out_.width + x) * out_.components + c];
    };
    out_.samples.resize(static_cast<std::size_t>(out_.width) * out_.height * out_.components);
    for (int y = 0; y < out_.height; y++) {
      for (int x = 0; x < out_.width; x++) {
        for (int c = 0; c < out_.components; c++) {
          int predicted = 0;
          if (x == 0 && y == 0) {
            predicted = 1 << (out_.bits - 1);
          } else if (y == 0) {
            predicted = at(x - 1, y, c);
          } else if (x == 0) {
            predicted = at(x, y - 1, c);
          } else {
            const int a = at(x - 1, y, c), b = at(x, y - 1, c), d = at(x - 1, y - 1, c);
            const std::array<int, 8> all{0, a, b, d, a + b - d, a + ((b - d) >> 1), b + ((a - d) >> 1), (a + b) / 2};
            predicted = all.at(static_cast<std::size_t>(predictor_));
          }
          at(x, y, c) = static_cast<std::uint16_t>(predicted + difference(tables_[scan_tables_[static_cast<std::size_t>(c)]]));
        }
      }
    }
    left_ = 0;
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  std::array<Table, 4> tables_;
  std::vector<int> ids_, scan_tables_;
  int predictor_ = 0, current_ = 0, left_ = 0;
  DecodedJpeg out_;
};

}  // namespace argent::reference
