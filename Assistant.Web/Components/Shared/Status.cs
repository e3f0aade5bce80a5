namespace Assistant.Web.Components.Shared;

/// <summary>How well something is. Always shown with a word.</summary>
public enum Status { Off, Ok, Info, Warn, Bad }
