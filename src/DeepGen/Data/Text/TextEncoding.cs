namespace DeepGen;

/// <summary>How the bytes of a file are letters.</summary>
public enum TextEncoding
{
    /// <summary>UTF-8, of which ASCII is a part.</summary>
    Utf8,

    /// <summary>ISO/IEC 8859-1: every byte is the letter of that number.</summary>
    Latin1,
}
